// TimeShift: which time a selector looks at when it is evaluated at t: offset and @.
#pragma once

#include <cstdint>

#include "common/promql/ast.h"

namespace epi::promql {

class TimeShift {
 public:
  TimeShift() = default;
  // REQUIRES: @ start() and @ end() have been resolved to times.
  explicit TimeShift(const TimeModifiers& time)
      : pinned_(time.at != AtKind::kNone), at_ms_(time.at_ms), offset_ms_(time.offset_ms) {}

  int64_t ReferenceTime(int64_t t_ms) const { return (pinned_ ? at_ms_ : t_ms) - offset_ms_; }
  bool pinned() const { return pinned_; }

 private:
  bool pinned_ = false;
  int64_t at_ms_ = 0;
  int64_t offset_ms_ = 0;
};

}  // namespace epi::promql
