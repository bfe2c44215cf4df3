// The hub's page at /: a query box, its answer as a table, and the stores.
#pragma once

#include "common/http/router.h"

namespace epi::hub {

void AddPageRoutes(http::Router* router);

}  // namespace epi::hub
