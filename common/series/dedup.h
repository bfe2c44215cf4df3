// One stream of samples out of several replicas of the same series, scraped by an HA pair (or more) of Prometheus servers.
//
// The penalty algorithm, on two replicas A and B; more are folded from the left, ((A,B),C):
//   1. Both move on to last + 1 + their own penalty, where `last` is the time of the last sample taken. Never back.
//   2. When one has ended, the other's sample is taken and its penalty becomes 0.
//   3. Else the earlier sample is taken, A's if they are equal. The winner's penalty becomes 0, the loser's twice the
//      distance between the last two samples taken, or 5 s when this is the first.
// So a replica is left only when its gap is longer than about twice the sample distance, and samples of the other
// replica a few milliseconds apart never come in between.
//
// Contract: values are those stored. With `counter`, a replica whose value lies below the last one when it takes over is
//           lifted by the difference, until its own counter is really reset: no false reset appears at the switch. A
//           replica that was itself reset while it was not looked at is not lifted. Float samples only; the first histogram
//           after a switch has an unknown counter reset hint, unless it is a gauge.
// Threads:  as SampleCursor.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "common/series/querier.h"

namespace epi::series {

// Penalty of the replica that did not give the first sample.
inline constexpr int64_t kFirstPenaltyMs = 5000;

// SkipTo() on the result is ignored: which samples are taken depends on all that came before.
// REQUIRES: at least one replica.
std::unique_ptr<SampleCursor> DedupCursors(std::vector<std::unique_ptr<SampleCursor>> replicas, bool counter);

// Functions that take their argument for a counter: rate, irate, increase, resets.
bool IsCounterFunction(std::string_view func);

}  // namespace epi::series
