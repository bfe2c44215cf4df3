// What scrapes of a fleet see: the times and the values of each series.
//
// Times:    every 15 s, each target (and replica) in its own phase; a quarter of the scrapes is off the grid by up to 40 ms. Scrape i
//           lies within [start + i * 15 s, start + (i + 1) * 15 s).
// Values:   counters are integers, 30 % of them idle; gauges are multiples of 4 KiB, and half of the scrapes see no change; buckets
//           are cumulative and agree with the others of their histogram; info is 1. A target restarts about once a day, and
//           its counters and histograms begin at 0 again.
// Contract: a pure function of seed, series and scrape. Replicas see the same values, at other times.
// Threads:  one.
// Owns:     buffers; spans live until the next call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/base/random.h"
#include "common/series/histogram.h"
#include "tests/support/blockgen/fleet.h"

namespace epi::blockgen {

inline constexpr int64_t kScrapeMs = 15'000;

class Samples {
 public:
  Samples(uint64_t seed, int64_t start_ms, size_t scrapes);

  std::span<const int64_t> Times(const SeriesSpec& series);
  // REQUIRES: no native histogram.
  std::span<const double> Values(const SeriesSpec& series);
  // REQUIRES: a native histogram.
  std::span<const series::Histogram> Histograms(const SeriesSpec& series);

 private:
  Random Stream(const SeriesSpec& series, uint64_t what) const;
  void FindRestarts(const SeriesSpec& series);
  void FillCounter(const SeriesSpec& series);
  void FillGauge(const SeriesSpec& series);
  void FillBuckets(const SeriesSpec& series);

  const uint64_t seed_;
  const int64_t start_ms_;
  std::vector<int64_t> times_ms_;
  std::vector<double> values_;
  std::vector<series::Histogram> histograms_;
  std::vector<size_t> restarts_;  // Scrapes that come first after a restart; ends with one beyond the last.
  // All buckets of the histogram asked for last, scrape by scrape: those of one histogram are asked for in a row.
  std::vector<double> buckets_;
  uint64_t buckets_of_ = UINT64_MAX;
};

}  // namespace epi::blockgen
