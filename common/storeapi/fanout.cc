#include "common/storeapi/fanout.h"

#include <cstdlib>

#include "common/base/str_cat.h"

namespace epi::storeapi {
namespace {

// How far back a query for "now" looks for samples.
constexpr int64_t kRecentMs = 5 * 60'000;

std::string LostText(const Endpoint& endpoint, const EndpointState& state) {
  if (state.last_check_ms == 0) return StrCat("endpoint ", endpoint.address(), " was not asked: it has not been checked yet");
  return StrCat("endpoint ", endpoint.address(), " was not asked: its last check failed: ", state.last_error.message());
}

// When samples near now are asked for, an endpoint whose clock is off answers with those of another moment, or with none.
bool ClockMatters(const EndpointState& state, const StoreQuery& query) {
  return state.clock_is_off() && query.maxt_ms >= state.last_check_ms - std::abs(state.clock_ahead_ms) - kRecentMs;
}

std::string ClockText(const Endpoint& endpoint, const EndpointState& state) {
  return StrCat("endpoint ", endpoint.address(), ": its clock is ", std::abs(state.clock_ahead_ms) / 1000, " s ",
                state.clock_ahead_ms > 0 ? "ahead of" : "behind", " ours; recent samples may be missing or out of place");
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
          // With kAbort a warning is an error at the caller, and nothing is missing that this endpoint has.
          if (partial_response == PartialResponse::kWarn && ClockMatters(state, query)) plan.warnings.push_back(ClockText(*endpoint, state));
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
