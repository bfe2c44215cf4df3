// Puts the API's handlers on an HTTP router, under /api/v1.
//
// Contract: GET and POST where Prometheus takes both; parameters of URL and form are merged. Other endpoints of Prometheus that
//           a fan-out has no data for answer with an empty success.
#pragma once

#include <functional>

#include "common/api/active_queries.h"
#include "common/api/answer.h"
#include "common/api/cardinality_handler.h"
#include "common/api/metadata_handler.h"
#include "common/api/query_handler.h"
#include "common/api/side_handler.h"
#include "common/api/status_handler.h"
#include "common/http/router.h"

namespace epi::api {

// All outlive the router. Without `side` or `cardinality` their routes do not exist.
struct ApiParts {
  const QueryHandler* query = nullptr;
  const MetadataHandler* metadata = nullptr;
  const StatusHandler* status = nullptr;
  const SideHandler* side = nullptr;
  const CardinalityHandler* cardinality = nullptr;
  const ActiveQueries* active = nullptr;
  // /api/v1/stores; may be empty.
  std::function<Answer()> stores;
};

void AddApiRoutes(http::Router* router, const ApiParts& parts);

}  // namespace epi::api
