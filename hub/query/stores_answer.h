// /api/v1/stores: the endpoints by kind, as Thanos answers, with their state.
#pragma once

#include "common/api/answer.h"
#include "common/storeapi/store_set.h"

namespace epi::hub {

// {"sidecar":[{"name":…,"lastCheck":…,"lastError":…,"labelSets":[…],"minTime":…,"maxTime":…}]}. Endpoints that never answered
// are listed under "unknown".
api::Answer StoresAnswer(const storeapi::StoreSet& stores);

}  // namespace epi::hub
