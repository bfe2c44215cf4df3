// Durations and times as users write them: Prometheus' 1h30m and 1y, Go's 1.5h, Thanos' -6h or RFC 3339.
//
// Units:   milliseconds. A day is 24 h, a week 7 d, a year 365 d.
// Errors:  InvalidArgument with the text; also for what does not fit into 64 bits of nanoseconds, as in Go (292 years).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi {

// Prometheus' grammar: y w d h m s ms, each at most once and in this order, or "0".
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);
// "1h30m"; years, weeks and days only when they divide the rest; "0s" for zero; a leading minus for negative ones.
std::string FormatDuration(std::chrono::milliseconds duration);

// Go's time.ParseDuration: an optional sign, then decimals with h m s ms us ns in any order: "-1.5h", "1h0m10s".
// Cut to whole milliseconds.
Result<std::chrono::milliseconds> ParseGoDuration(std::string_view text);
// Go's Duration.String(): "1h0m0s", "1.5s", "100ms", "0s".
std::string FormatGoDuration(std::chrono::nanoseconds duration);

// A point in time, fixed or relative to now.
class TimeOrOffset {
 public:
  static TimeOrOffset At(int64_t time_ms) { return {time_ms, false}; }
  static TimeOrOffset FromNow(std::chrono::milliseconds offset) { return {offset.count(), true}; }
  // RFC 3339, or a duration with an optional sign: "-6h" is six hours ago, "6h" is in six hours.
  static Result<TimeOrOffset> Parse(std::string_view text);

  bool relative() const { return relative_; }
  // Time, or offset from now, in milliseconds.
  int64_t value_ms() const { return value_ms_; }
  // The point in time; saturates.
  int64_t Resolve(int64_t now_ms) const;
  // What Parse() reads.
  std::string ToString() const;
  friend bool operator==(const TimeOrOffset&, const TimeOrOffset&) = default;

 private:
  TimeOrOffset(int64_t value_ms, bool relative) : value_ms_(value_ms), relative_(relative) {}
  int64_t value_ms_;
  bool relative_;
};

}  // namespace epi
