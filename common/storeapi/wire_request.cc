#include "common/storeapi/wire_request.h"

#include <utility>

#include "common/base/str_cat.h"
#include "common/storeapi/wire_reader.h"
#include "common/storeapi/wire_writer.h"

namespace epi::storeapi {
namespace {

Status Malformed(std::string_view message, const FieldReader& fields) {
  return InvalidArgumentError(StrCat("malformed protobuf in ", message, " at offset ", fields.offset()));
}

PartialResponse ToStrategy(uint64_t value) { return value == 0 ? PartialResponse::kWarn : PartialResponse::kAbort; }

Result<std::string> ParseFunc(std::string_view message) {
  std::string name;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) {
    if (tag == BytesTag(1)) name = fields.bytes();
  }
  if (!fields.ok()) return Malformed("Func", fields);
  return name;
}

Status ParseGrouping(std::string_view message, QueryHints* hints) {
  hints->by = false;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) {
    if (tag == VarintTag(1)) hints->by = fields.boolean();
    if (tag == BytesTag(3)) hints->grouping.emplace_back(fields.bytes());
  }
  return fields.ok() ? OkStatus() : Malformed("Grouping", fields);
}

Result<int64_t> ParseRange(std::string_view message) {
  int64_t millis = 0;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) {
    if (tag == VarintTag(1)) millis = fields.int64();
  }
  if (!fields.ok()) return Malformed("Range", fields);
  return millis;
}

Result<QueryHints> ParseQueryHints(std::string_view message) {
  QueryHints hints;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) {
    switch (tag) {
      case VarintTag(1): hints.step_ms = fields.int64(); break;
      case BytesTag(2): hints.func = TRY(ParseFunc(fields.bytes())); break;
      case BytesTag(4): RETURN_IF_ERROR(ParseGrouping(fields.bytes(), &hints)); break;
      case BytesTag(5): hints.range_ms = TRY(ParseRange(fields.bytes())); break;
      case BytesTag(6): hints.projection_labels.emplace_back(fields.bytes()); break;
      case VarintTag(7): hints.projection_include = fields.boolean(); break;
      case BytesTag(8): hints.series_hash_label_name = fields.bytes(); break;
      default: break;
    }
  }
  if (!fields.ok()) return Malformed("QueryHints", fields);
  return hints;
}

std::string QueryHintsBody(const QueryHints& hints) {
  std::string out;
  FieldWriter fields(&out);
  fields.Int64(1, hints.step_ms);
  if (!hints.func.empty()) {
    std::string func;
    FieldWriter(&func).Bytes(1, hints.func);
    fields.Message(2, func);
  }
  if (hints.by.has_value()) {
    std::string grouping;
    FieldWriter group(&grouping);
    group.Bool(1, *hints.by);
    for (const std::string& label : hints.grouping) group.Element(3, label);
    fields.Message(4, grouping);
  }
  if (hints.range_ms.has_value()) {
    std::string range;
    FieldWriter(&range).Int64(1, *hints.range_ms);
    fields.Message(5, range);
  }
  for (const std::string& label : hints.projection_labels) fields.Element(6, label);
  fields.Bool(7, hints.projection_include);
  fields.Bytes(8, hints.series_hash_label_name);
  return out;
}

Result<ShardInfo> ParseShardInfo(std::string_view message) {
  ShardInfo shard;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) {
    if (tag == VarintTag(1)) shard.shard_index = fields.int64();
    if (tag == VarintTag(2)) shard.total_shards = fields.int64();
    if (tag == VarintTag(3)) shard.by = fields.boolean();
    if (tag == BytesTag(4)) shard.labels.emplace_back(fields.bytes());
  }
  if (!fields.ok()) return Malformed("ShardInfo", fields);
  return shard;
}

std::string ShardInfoBody(const ShardInfo& shard) {
  std::string out;
  FieldWriter fields(&out);
  fields.Int64(1, shard.shard_index);
  fields.Int64(2, shard.total_shards);
  fields.Bool(3, shard.by);
  for (const std::string& label : shard.labels) fields.Element(4, label);
  return out;
}

Status AddAggregate(uint64_t value, std::vector<Aggregate>* aggregates) {
  if (value >= kAggregates) return InvalidArgumentError(StrCat("unknown aggregate ", value));
  aggregates->push_back(static_cast<Aggregate>(value));
  return OkStatus();
}

Status ParsePackedAggregates(std::string_view packed, std::vector<Aggregate>* aggregates) {
  ByteReader values(packed);
  while (!values.empty()) {
    const uint64_t value = values.Uvarint();
    if (!values.ok()) return InvalidArgumentError("malformed protobuf in SeriesRequest.aggregates");
    RETURN_IF_ERROR(AddAggregate(value, aggregates));
  }
  return OkStatus();
}

// Fields 10 and up of SeriesRequest.
Status ParseLateSeriesField(uint32_t tag, const FieldReader& fields, SeriesRequest* request) {
  switch (tag) {
    case VarintTag(10): request->step_ms = fields.int64(); break;
    case VarintTag(11): request->range_ms = fields.int64(); break;
    case BytesTag(12): request->query_hints = TRY(ParseQueryHints(fields.bytes())); break;
    case BytesTag(13): request->shard_info = TRY(ParseShardInfo(fields.bytes())); break;
    case BytesTag(14): request->without_replica_labels.emplace_back(fields.bytes()); break;
    case VarintTag(15): request->limit = fields.int64(); break;
    case VarintTag(16): request->response_batch_size = fields.int64(); break;
    default: request->unknown_fields.append(fields.field()); break;
  }
  return OkStatus();
}

Status ParseSeriesField(uint32_t tag, const FieldReader& fields, SeriesRequest* request) {
  switch (tag) {
    case VarintTag(1): request->mint_ms = fields.int64(); break;
    case VarintTag(2): request->maxt_ms = fields.int64(); break;
    case BytesTag(3): request->matchers.push_back(TRY(ParseMatcher(fields.bytes()))); break;
    case VarintTag(4): request->max_resolution_window_ms = fields.int64(); break;
    case VarintTag(5): return AddAggregate(fields.varint(), &request->aggregates);
    case BytesTag(5): return ParsePackedAggregates(fields.bytes(), &request->aggregates);
    case VarintTag(6):
      if (fields.boolean()) request->partial_response = PartialResponse::kAbort;
      break;
    case VarintTag(7):
      if (fields.varint() != 0) request->partial_response = ToStrategy(fields.varint());
      break;
    case VarintTag(8): request->skip_chunks = fields.boolean(); break;
    case BytesTag(9): request->hints = fields.bytes(); break;
    default: return ParseLateSeriesField(tag, fields, request);
  }
  return OkStatus();
}

// LabelValuesRequest is LabelNamesRequest with the label in front and every other number one higher.
Status ParseLabelsField(uint32_t tag, uint32_t shift, const FieldReader& fields, LabelsRequest* request) {
  if (shift == 1 && tag == BytesTag(1)) {
    request->label = fields.bytes();
    return OkStatus();
  }
  switch (tag - (shift << 3)) {
    case VarintTag(1):
    case VarintTag(2):
      if (fields.varint() != 0) request->partial_response = PartialResponse::kAbort;
      break;
    case VarintTag(3): request->mint_ms = fields.int64(); break;
    case VarintTag(4): request->maxt_ms = fields.int64(); break;
    case BytesTag(5): request->hints = fields.bytes(); break;
    case BytesTag(6): request->matchers.push_back(TRY(ParseMatcher(fields.bytes()))); break;
    case BytesTag(7): request->without_replica_labels.emplace_back(fields.bytes()); break;
    case VarintTag(8): request->limit = fields.int64(); break;
    default: request->unknown_fields.append(fields.field()); break;
  }
  return OkStatus();
}

Result<LabelsRequest> ParseLabelsRequest(std::string_view message, std::string_view name, uint32_t shift) {
  LabelsRequest request;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) RETURN_IF_ERROR(ParseLabelsField(tag, shift, fields, &request));
  if (!fields.ok()) return Malformed(name, fields);
  return request;
}

std::string SerializeLabelsRequest(const LabelsRequest& request, uint32_t shift) {
  std::string out;
  FieldWriter fields(&out);
  if (shift == 1) fields.Bytes(1, request.label);
  fields.Varint(2 + shift, static_cast<uint64_t>(request.partial_response));
  fields.Int64(3 + shift, request.mint_ms);
  fields.Int64(4 + shift, request.maxt_ms);
  fields.Bytes(5 + shift, request.hints);
  for (const labels::Matcher& matcher : request.matchers) fields.Message(6 + shift, Serialize(matcher));
  for (const std::string& label : request.without_replica_labels) fields.Element(7 + shift, label);
  fields.Int64(8 + shift, request.limit);
  out.append(request.unknown_fields);
  return out;
}

}  // namespace

Result<labels::Matcher> ParseMatcher(std::string_view message) {
  uint64_t type = 0;
  std::string name;
  std::string value;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) {
    if (tag == VarintTag(1)) type = fields.varint();
    if (tag == BytesTag(2)) name = fields.bytes();
    if (tag == BytesTag(3)) value = fields.bytes();
  }
  if (!fields.ok()) return Malformed("LabelMatcher", fields);
  if (type > static_cast<uint64_t>(labels::MatchType::kNotRegex)) {
    return InvalidArgumentError(StrCat("unknown type ", type, " of the matcher for label \"", name, "\""));
  }
  return labels::Matcher::Make(static_cast<labels::MatchType>(type), std::move(name), std::move(value));
}

std::string Serialize(const labels::Matcher& matcher) {
  std::string out;
  FieldWriter fields(&out);
  fields.Varint(1, static_cast<uint64_t>(matcher.type()));
  fields.Bytes(2, matcher.name());
  fields.Bytes(3, matcher.value());
  return out;
}

Result<SeriesRequest> ParseSeriesRequest(std::string_view message) {
  SeriesRequest request;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) RETURN_IF_ERROR(ParseSeriesField(tag, fields, &request));
  if (!fields.ok()) return Malformed("SeriesRequest", fields);
  return request;
}

std::string Serialize(const SeriesRequest& request) {
  std::string out;
  FieldWriter fields(&out);
  fields.Int64(1, request.mint_ms);
  fields.Int64(2, request.maxt_ms);
  for (const labels::Matcher& matcher : request.matchers) fields.Message(3, Serialize(matcher));
  fields.Int64(4, request.max_resolution_window_ms);
  std::string packed;
  for (const Aggregate aggregate : request.aggregates) packed.push_back(static_cast<char>(aggregate));
  fields.Bytes(5, packed);
  fields.Varint(7, static_cast<uint64_t>(request.partial_response));
  fields.Bool(8, request.skip_chunks);
  fields.Bytes(9, request.hints);
  fields.Int64(10, request.step_ms);
  fields.Int64(11, request.range_ms);
  if (request.query_hints.has_value()) fields.Message(12, QueryHintsBody(*request.query_hints));
  if (request.shard_info.has_value()) fields.Message(13, ShardInfoBody(*request.shard_info));
  for (const std::string& label : request.without_replica_labels) fields.Element(14, label);
  fields.Int64(15, request.limit);
  fields.Int64(16, request.response_batch_size);
  out.append(request.unknown_fields);
  return out;
}

Result<LabelsRequest> ParseLabelNamesRequest(std::string_view message) {
  return ParseLabelsRequest(message, "LabelNamesRequest", 0);
}
Result<LabelsRequest> ParseLabelValuesRequest(std::string_view message) {
  return ParseLabelsRequest(message, "LabelValuesRequest", 1);
}
std::string SerializeLabelNames(const LabelsRequest& request) { return SerializeLabelsRequest(request, 0); }
std::string SerializeLabelValues(const LabelsRequest& request) { return SerializeLabelsRequest(request, 1); }

Result<LabelsResponse> ParseLabelsResponse(std::string_view message) {
  LabelsResponse response;
  FieldReader fields(message);
  while (const uint32_t tag = fields.Next()) {
    if (tag == BytesTag(1)) response.values.emplace_back(fields.bytes());
    if (tag == BytesTag(2)) response.warnings.emplace_back(fields.bytes());
    if (tag == BytesTag(3)) response.hints = fields.bytes();
  }
  if (!fields.ok()) return DataLossError(StrCat("malformed protobuf in the answer to a label call at offset ", fields.offset()));
  return response;
}

std::string Serialize(const LabelsResponse& response) {
  std::string out;
  FieldWriter fields(&out);
  for (const std::string& value : response.values) fields.Element(1, value);
  for (const std::string& warning : response.warnings) fields.Element(2, warning);
  fields.Bytes(3, response.hints);
  return out;
}

}  // namespace epi::storeapi
