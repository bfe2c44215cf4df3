// Flags of `epimetheus-hub promql`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/byte_size.h"
#include "common/config/flags.h"
#include "common/promql/engine.h"

namespace epi::hub {

struct PromqlFlags {
  std::string expr;
  std::vector<std::string> blocks;

  std::string time;
  std::string start;
  std::string end;
  std::optional<std::chrono::milliseconds> step;

  std::string format = "table";
  uint64_t plot_width = 80;
  uint64_t plot_height = 16;
  bool explain = false;

  std::chrono::milliseconds timeout{std::chrono::minutes(2)};
  std::chrono::milliseconds lookback_delta{std::chrono::minutes(5)};
  std::chrono::milliseconds default_evaluation_interval{std::chrono::minutes(1)};
  int64_t samples_max = 50'000'000;
  ByteSize query_memory_max{256ULL << 20};
  std::vector<std::string> enabled_features;

  void Register(config::Command* command);
  // InvalidArgument for an unknown feature.
  Result<promql::EngineOptions> EngineOptions() const;
};

// When a question is asked: step_ms is 0 for a single time, which is start_ms.
struct QueryTimes {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 0;
};

// First and last time that the blocks know.
struct DataRange {
  int64_t first_ms = 0;
  int64_t last_ms = 0;
};

// A range as soon as --start, --end or --step is given. What is not given comes from the data: the last time; for a range also the
// first, and a step of a 250th of the range, at least a second. Offsets such as -6h count from `now_ms`.
// Errors: InvalidArgument that names the flag.
Result<QueryTimes> ChooseTimes(const PromqlFlags& flags, const DataRange& data, int64_t now_ms);

}  // namespace epi::hub
