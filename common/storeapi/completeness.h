// Whether an answer is whole: what became of every endpoint that could have had a part in it.
//
// Contract: an endpoint that is known has exactly one outcome per query. Failed and lost ones always have a warning, or made
//           the query an error.
// Threads:  CompletenessLog from any thread; the rest are values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/mutex.h"

namespace epi::storeapi {

// Ordered: when the selectors of one query differ, the larger one counts.
enum class Outcome : uint8_t {
  kSkippedStoreMatch,  // The caller's storeMatch[] leaves it out.
  kSkippedTime,        // Its data lies outside the time asked for.
  kSkippedLabels,      // Its external labels contradict the matchers.
  kAnswered,
  kFailed,  // It was asked and did not answer whole.
  kLost,    // It is known, and was not asked because it does not answer Info.
};
// "answered", "skipped: time", …
std::string_view OutcomeText(Outcome outcome);

struct EndpointOutcome {
  std::string endpoint;
  Outcome outcome = Outcome::kAnswered;
  std::string reason;  // Of failed and lost ones.
  friend bool operator==(const EndpointOutcome&, const EndpointOutcome&) = default;
};

// Ordered by endpoint.
struct Completeness {
  std::vector<EndpointOutcome> endpoints;

  // No endpoint failed or was lost.
  bool complete() const;
};

// Collects the outcomes of all selectors of one query.
class CompletenessLog {
 public:
  void Add(const std::vector<EndpointOutcome>& outcomes) LOCKS_EXCLUDED(mutex_);
  Completeness Take() const LOCKS_EXCLUDED(mutex_);

 private:
  mutable Mutex mutex_;
  std::map<std::string, EndpointOutcome> by_endpoint_ GUARDED_BY(mutex_);
};

}  // namespace epi::storeapi
