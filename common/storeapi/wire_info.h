// What one component serves, as Info tells it. Messages: proto/info.proto.
//
// Threads:  values.
// Units:    times are Unix milliseconds, inclusive at both ends.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"

namespace epi::storeapi {

// Clocks that differ by more are worth a warning: samples of the last minutes are not where a query looks for them.
inline constexpr int64_t kClockAheadMaxMs = 60'000;

struct TimeRange {
  int64_t mint_ms = std::numeric_limits<int64_t>::max();
  int64_t maxt_ms = std::numeric_limits<int64_t>::max();

  bool Overlaps(int64_t mint, int64_t maxt) const { return mint_ms <= maxt && mint <= maxt_ms; }
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

// One database or bucket stream below a component.
struct TsdbInfo {
  labels::Labels labels;
  TimeRange range;
  friend bool operator==(const TsdbInfo&, const TsdbInfo&) = default;
};

struct StoreInfo {
  TimeRange range;  // Both ends at their maximum: no data yet.
  bool supports_sharding = false;
  bool supports_without_replica_labels = false;
  std::vector<TsdbInfo> tsdb_infos;
  bool supports_projections = false;
  friend bool operator==(const StoreInfo&, const StoreInfo&) = default;
};

// An absent part means that the component does not serve that API.
struct Info {
  std::string component_type;  // "sidecar", "query", "rule", "receive", "store", …
  std::vector<labels::Labels> label_sets;
  std::optional<StoreInfo> store;
  bool rules = false;
  bool metric_metadata = false;
  bool targets = false;
  std::optional<TimeRange> exemplars;
  bool query = false;
  bool status = false;
  int64_t clock_ms = 0;  // The clock by which its samples get their times; 0: not told.
  friend bool operator==(const Info&, const Info&) = default;
};

std::string SerializeInfo(const Info& info);
// Errors: DataLoss for malformed protobuf; InvalidArgument for a label set with a repeated or empty name.
Result<Info> ParseInfo(std::string_view message);

}  // namespace epi::storeapi
