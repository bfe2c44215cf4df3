// Which endpoints a query must ask: by time, external labels and the caller's own choice.
//
// Threads:  pure functions.
// Units:    times are Unix milliseconds, inclusive at both ends.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/labels/matcher.h"
#include "common/storeapi/wire_info.h"

namespace epi::storeapi {

// The pseudo label of storeMatch[] that holds an endpoint's address.
inline constexpr std::string_view kAddressLabel = "__address__";

struct StoreQuery {
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  const labels::Matchers* matchers = nullptr;
  // storeMatch[]: an endpoint takes part when one of these lists holds for it; empty: all do.
  const std::vector<labels::Matchers>* store_matchers = nullptr;
};

enum class Selection : uint8_t { kAsk, kSkipStoreMatch, kSkipTime, kSkipLabels, kNoStore };

// `info` null: nothing is known about the endpoint yet, so only its address can exclude it.
Selection SelectStore(const std::string& address, const Info* info, const StoreQuery& query);

// False when a matcher names one of the labels and does not accept its value. Labels that are not in the set may be inside
// the data, and exclude nothing.
bool MayMatch(const labels::Labels& external_labels, const labels::Matchers& matchers);

}  // namespace epi::storeapi
