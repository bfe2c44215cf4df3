#include "common/storeapi/completeness.h"

#include <algorithm>

namespace epi::storeapi {

std::string_view OutcomeText(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSkippedStoreMatch: return "skipped: store match";
    case Outcome::kSkippedTime: return "skipped: time";
    case Outcome::kSkippedLabels: return "skipped: labels";
    case Outcome::kAnswered: return "answered";
    case Outcome::kFailed: return "failed";
    case Outcome::kLost: return "lost";
  }
  return "unknown";
}

bool Completeness::complete() const {
  return std::none_of(endpoints.begin(), endpoints.end(), [](const EndpointOutcome& e) { return e.outcome >= Outcome::kFailed; });
}

void CompletenessLog::Add(const std::vector<EndpointOutcome>& outcomes) {
  MutexLock lock(&mutex_);
  for (const EndpointOutcome& outcome : outcomes) {
    const auto [entry, added] = by_endpoint_.emplace(outcome.endpoint, outcome);
    if (!added && entry->second.outcome < outcome.outcome) entry->second = outcome;
  }
}

Completeness CompletenessLog::Take() const {
  MutexLock lock(&mutex_);
  Completeness all;
  for (const auto& [endpoint, outcome] : by_endpoint_) all.endpoints.push_back(outcome);
  return all;
}

}  // namespace epi::storeapi
