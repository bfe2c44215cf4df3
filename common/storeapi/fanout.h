// One query over many endpoints: which are asked, which are not and why, and how a lacking answer is reported.
//
// Contract: Plan() gives every known endpoint its place. With PartialResponse::kAbort it fails, naming the endpoint, when one
//           that should be asked is lost; with kWarn each lost one is a warning, and each whose clock is off when it matters.
// Threads:  pure functions and values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/storeapi/completeness.h"
#include "common/storeapi/store_selection.h"
#include "common/storeapi/store_set.h"

namespace epi::storeapi {

struct FanoutPlan {
  Endpoints ask;
  // Of the endpoints that are not asked.
  std::vector<EndpointOutcome> outcomes;
  std::vector<std::string> warnings;
};

Result<FanoutPlan> Plan(const Endpoints& endpoints, const StoreQuery& query, PartialResponse partial_response);

// "receive series from Addr: 127.0.0.1:10901 MinTime: 0 MaxTime: 9223372036854775807: <message>".
std::string FailureText(std::string_view action, const Endpoint& endpoint, const Status& status);

}  // namespace epi::storeapi
