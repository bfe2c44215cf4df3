#include "common/storeapi/fanout.h"

#include "common/base/str_cat.h"

namespace epi::storeapi {
namespace {

std::string LostText(const Endpoint& endpoint, const EndpointState& state) {
  if (state.last_check_ms == 0) return StrCat("endpoint ", endpoint.address(), " was not asked: it has not been checked yet");
  return StrCat("endpoint ", endpoint.address(), " was not asked: its last check failed: ", state.last_error.message());
}

}  // namespace

std::string FailureText(std::string_view action, const Endpoint& endpoint, const Status& status) {
  const EndpointState state = endpoint.state();
  std::string text = StrCat(action, " from Addr: ", endpoint.address());
  if (state.info != nullptr && state.info->store.has_value()) {
    StrAppend(&text, " MinTime: ", state.info->store->range.mint_ms, " MaxTime: ", state.info->store->range.maxt_ms);
  }
  StrAppend(&text, ": ", StatusCodeName(status.code()), ": ", status.message());
  return text;
}

Result<FanoutPlan> Plan(const Endpoints& endpoints, const StoreQuery& query, PartialResponse partial_response) {
  FanoutPlan plan;
  for (const std::shared_ptr<Endpoint>& endpoint : endpoints) {
    const EndpointState state = endpoint->state();
    switch (SelectStore(endpoint->address(), state.info.get(), query)) {
      case Selection::kNoStore:
        break;
      case Selection::kSkipStoreMatch:
        plan.outcomes.push_back({endpoint->address(), Outcome::kSkippedStoreMatch, {}});
        break;
      case Selection::kSkipTime:
        plan.outcomes.push_back({endpoint->address(), Outcome::kSkippedTime, {}});
        break;
      case Selection::kSkipLabels:
        plan.outcomes.push_back({endpoint->address(), Outcome::kSkippedLabels, {}});
        break;
      case Selection::kAsk:
        if (state.healthy || endpoint->strict()) {
          plan.ask.push_back(endpoint);
          break;
        }
        std::string text = LostText(*endpoint, state);
        if (partial_response == PartialResponse::kAbort) return AbortedError(std::move(text));
        plan.outcomes.push_back({endpoint->address(), Outcome::kLost, text});
        plan.warnings.push_back(std::move(text));
        break;
    }
  }
  return plan;
}

}  // namespace epi::storeapi
