// The series that random queries ask for: small, and with everything that has ever confused an evaluator.
//
//   counters    requests_total (two replicas), cpu_seconds_total (jittered), latency_seconds_{sum,count}, flaky_total (gaps, stale
//               markers, resets), st_total (start times)
//   gauges      temperature, queue_depth (small numbers, many equal), odd_values (NaN, ±Inf, -0, denormals, huge), constant, once,
//               typed_bytes (__type__, __unit__), "http.requests" (names beyond ASCII letters)
//   info        build_info and target_info, whose labels change over time
//   classic     latency_seconds_bucket; broken_seconds_bucket (falling counts, equal and bad bounds, no +Inf)
//   native      rpc_seconds (resets, schema changes), rpc_gauge, nhcb_seconds (bounds change), mixed (floats between), mixed_schemas,
//               latency_seconds_bucket without le (beside the classic ones)
//
// Contract: the same options give the same data.
// Units:    Unix milliseconds.
#pragma once

#include <cstdint>
#include <vector>

#include "common/labels/labels.h"
#include "common/series/memory_storage.h"

namespace epi::promqlgen {

inline constexpr int64_t kDataStartMs = 1'700'006'400'000;  // A multiple of two hours.
inline constexpr int64_t kScrapeMs = 30'000;
inline constexpr size_t kScrapes = 160;
inline constexpr int64_t kDataEndMs = kDataStartMs + kScrapeMs * static_cast<int64_t>(kScrapes);

struct DataOptions {
  uint64_t seed = 1;
  // Sample times are 7 ms past a second, so that none is at the edge of a window of whole seconds.
  bool off_edges = false;
  // Series that Prometheus 2.42 does not know: native histograms, start times, names beyond ASCII letters.
  bool modern = true;
  bool start_times = true;
};

struct DataSeries {
  labels::Labels labels;
  std::vector<series::StoredSample> samples;
};

// In label order.
std::vector<DataSeries> MakeData(const DataOptions& options);

// Into memory, behind a Querier.
Status Load(const std::vector<DataSeries>& data, series::MemoryStorage* storage);

}  // namespace epi::promqlgen
