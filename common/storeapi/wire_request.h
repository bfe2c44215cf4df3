// Requests of the Store API as values, and their protobuf form. Field numbers and meanings: proto/store.proto.
//
// Contract: Parse(Serialize(x)) == x. Fields that this version does not know are kept and sent on when a request is
//           forwarded. A request that sets the old partial_response_disabled is read as strategy kAbort.
// Threads:  values.
// Units:    times are Unix milliseconds, inclusive at both ends.
// Errors:   InvalidArgument for malformed protobuf, unknown matcher types and bad regular expressions, naming what.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/matcher.h"
#include "common/storeapi/wire_chunk.h"

namespace epi::storeapi {

enum class PartialResponse : uint8_t { kWarn = 0, kAbort = 1 };

// What the caller will do with the samples.
struct QueryHints {
  int64_t step_ms = 0;
  std::string func;
  std::optional<bool> by;  // Of the aggregation around the selector; none when there is none.
  std::vector<std::string> grouping;
  std::optional<int64_t> range_ms;
  std::vector<std::string> projection_labels;
  bool projection_include = false;
  std::string series_hash_label_name;
  friend bool operator==(const QueryHints&, const QueryHints&) = default;
};

// One of total_shards parts of the series, see shard.h.
struct ShardInfo {
  int64_t shard_index = 0;
  int64_t total_shards = 0;
  bool by = false;
  std::vector<std::string> labels;
  friend bool operator==(const ShardInfo&, const ShardInfo&) = default;
};

struct SeriesRequest {
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  labels::Matchers matchers;
  int64_t max_resolution_window_ms = 0;  // Coarsest acceptable resolution; 0 is raw.
  std::vector<Aggregate> aggregates;
  PartialResponse partial_response = PartialResponse::kWarn;
  bool skip_chunks = false;
  std::string hints;  // An encoded Any; empty when absent.
  int64_t step_ms = 0;
  int64_t range_ms = 0;
  std::optional<QueryHints> query_hints;
  std::optional<ShardInfo> shard_info;
  std::vector<std::string> without_replica_labels;
  int64_t limit = 0;                // 0 is all.
  int64_t response_batch_size = 0;  // 0 and 1 are single frames.
  std::string unknown_fields;
  std::string tenant;  // Travels as metadata beside the message; empty when not given.
};

// Both label calls. `label` is empty for LabelNames.
struct LabelsRequest {
  std::string label;
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  labels::Matchers matchers;
  PartialResponse partial_response = PartialResponse::kWarn;
  std::string hints;
  std::vector<std::string> without_replica_labels;
  int64_t limit = 0;
  std::string unknown_fields;
  std::string tenant;  // As above.
};

// Metadata key of the tenant.
inline constexpr std::string_view kTenantKey = "thanos-tenant";

// Answer of both: names, or values.
struct LabelsResponse {
  std::vector<std::string> values;
  std::vector<std::string> warnings;
  std::string hints;
};

Result<SeriesRequest> ParseSeriesRequest(std::string_view message);
std::string Serialize(const SeriesRequest& request);

Result<LabelsRequest> ParseLabelNamesRequest(std::string_view message);
Result<LabelsRequest> ParseLabelValuesRequest(std::string_view message);
std::string SerializeLabelNames(const LabelsRequest& request);
std::string SerializeLabelValues(const LabelsRequest& request);

// The two answers look alike on the wire. Errors: DataLoss.
Result<LabelsResponse> ParseLabelsResponse(std::string_view message);
std::string Serialize(const LabelsResponse& response);

// One matcher as it appears inside requests and hints.
Result<labels::Matcher> ParseMatcher(std::string_view message);
std::string Serialize(const labels::Matcher& matcher);

}  // namespace epi::storeapi
