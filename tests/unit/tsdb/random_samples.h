// Random samples of every shape a chunk must survive, from a seed that the test prints.
#pragma once

#include <bit>
#include <random>
#include <vector>

#include "common/series/histogram.h"
#include "common/series/sample.h"

namespace epi::tsdb {

class RandomSamples {
 public:
  explicit RandomSamples(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t limit) { return random_() % limit; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  // Mostly a steady step; sometimes jitter, gaps, repeats, far jumps, steps back.
  int64_t NextTime(int64_t t) {
    uint64_t step = 15'000;
    if (OneIn(3)) step += Below(81) - 40;
    if (OneIn(20)) step = Below(10'000'000);
    if (OneIn(50)) step = Below(3) - 1;
    if (OneIn(500)) step = random_();
    return static_cast<int64_t>(static_cast<uint64_t>(t) + step);
  }
  int64_t FirstTime() { return OneIn(20) ? static_cast<int64_t>(random_()) : static_cast<int64_t>(1'741'824'000'000 + Below(1'000'000)); }
  int64_t NextStart(int64_t start, int64_t t) {
    if (OneIn(30)) return 0;
    return OneIn(10) ? static_cast<int64_t>(static_cast<uint64_t>(t) - Below(100'000)) : start;
  }
  double NextValue(double value) {
    switch (Below(12)) {
      case 0:
        return std::bit_cast<double>(random_());
      case 1:
        return std::bit_cast<double>(series::kStaleNanBits);
      case 2:
        return std::bit_cast<double>(0x7ff8000000000000ULL | Below(1 << 20));
      case 3:
        return OneIn(2) ? -0.0 : 0.0;
      case 4:
        return static_cast<double>(Below(1000)) * 0.1;
      case 5:
      case 6:
      case 7:
        return value;
      default:
        return value + static_cast<double>(Below(100));
    }
  }

  std::vector<series::Span> Spans() {
    std::vector<series::Span> spans(Below(4));
    for (size_t i = 0; i < spans.size(); ++i) {
      spans[i].offset = i == 0 ? static_cast<int32_t>(Below(40)) - 20 : static_cast<int32_t>(Below(5)) + 1;
      spans[i].length = static_cast<uint32_t>(Below(5)) + 1;
    }
    return spans;
  }
  // A layout; the numbers are all 0.
  series::Histogram Layout() {
    series::Histogram h;
    h.schema = static_cast<int32_t>(Below(13)) - 4;
    h.zero_threshold = OneIn(3) ? 0x1p-128 : OneIn(2) ? 0.0 : 0.001;
    h.positive_spans = Spans();
    h.negative_spans = Spans();
    if (OneIn(4)) {
      h.schema = series::kCustomBucketsSchema;
      h.zero_threshold = 0;
      h.negative_spans.clear();
      const double bounds[] = {-1, 0.005, 0.1, 0.1234567, 5, 33554.43, 1e9};
      h.custom_values.assign(bounds, bounds + 1 + Below(7));
    }
    h.positive_deltas.resize(Count(h.positive_spans));
    h.negative_deltas.resize(Count(h.negative_spans));
    return h;
  }
  static size_t Count(const std::vector<series::Span>& spans) {
    size_t count = 0;
    for (const series::Span& span : spans) count += span.length;
    return count;
  }
  // New numbers for the layout; any 64 bits now and then.
  void Refill(series::Histogram* h) {
    h->count += Below(100);
    h->zero_count += Below(3);
    h->sum = NextValue(h->sum);
    for (std::vector<int64_t>* deltas : {&h->positive_deltas, &h->negative_deltas}) {
      for (int64_t& delta : *deltas) delta = OneIn(200) ? static_cast<int64_t>(random_()) : delta + static_cast<int64_t>(Below(7)) - 3;
    }
    if (OneIn(100)) h->count = random_();
  }
  void Refill(series::FloatHistogram* h) {
    h->count = NextValue(h->count);
    h->zero_count = NextValue(h->zero_count);
    h->sum = NextValue(h->sum);
    for (double& count : h->positive_buckets) count = NextValue(count);
    for (double& count : h->negative_buckets) count = NextValue(count);
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace epi::tsdb
