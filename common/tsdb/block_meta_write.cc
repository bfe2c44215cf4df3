#include <simdjson.h>

#include "common/base/json_writer.h"
#include "common/tsdb/block_meta.h"

namespace epi::tsdb {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// Depth is bounded by the parser that made the element.
void CopyJson(const element& value, JsonWriter* json) {
  if (value.type() == element_type::ARRAY) {
    json->BeginArray();
    const simdjson::dom::array items = value.get_array().value_unsafe();
    for (const element item : items) CopyJson(item, json);
    json->EndArray();
  } else if (value.type() == element_type::OBJECT) {
    json->BeginObject();
    const simdjson::dom::object members = value.get_object().value_unsafe();
    for (const auto& [key, item] : members) {
      json->Key(key);
      CopyJson(item, json);
    }
    json->EndObject();
  } else if (value.type() == element_type::STRING) {
    json->String(value.get_string().value_unsafe());
  } else {
    json->Raw(simdjson::minify(value));
  }
}

// A value kept as JSON text, in this writer's indentation.
void WriteKept(std::string_view kept, JsonWriter* json) {
  simdjson::dom::parser parser;
  element value;
  if (parser.parse(kept.data(), kept.size()).get(value) != simdjson::SUCCESS) {
    json->Null();
    return;
  }
  CopyJson(value, json);
}

void WriteUnknown(const std::string& unknown, JsonWriter* json) {
  if (unknown.empty()) return;
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(unknown).get(members) != simdjson::SUCCESS) return;
  for (const auto& [key, item] : members) {
    json->Key(key);
    CopyJson(item, json);
  }
}

void WriteCount(std::string_view key, uint64_t count, JsonWriter* json) {
  if (count != 0) json->Key(key).Uint(count);
}

void WriteStats(const BlockStats& stats, JsonWriter* json) {
  json->Key("stats").BeginObject();
  WriteCount("numSamples", stats.samples, json);
  WriteCount("numFloatSamples", stats.float_samples, json);
  WriteCount("numHistogramSamples", stats.histogram_samples, json);
  WriteCount("numSeries", stats.series, json);
  WriteCount("numChunks", stats.chunks, json);
  WriteCount("numTombstones", stats.tombstones, json);
  WriteUnknown(stats.unknown, json);
  json->EndObject();
}

void WriteStrings(std::string_view key, const std::vector<std::string>& strings, JsonWriter* json) {
  if (strings.empty()) return;
  json->Key(key).BeginArray();
  for (const std::string& text : strings) json->String(text);
  json->EndArray();
}

void WriteCompaction(const BlockCompaction& compaction, JsonWriter* json) {
  json->Key("compaction").BeginObject();
  json->Key("level").Int(compaction.level);
  if (!compaction.sources.empty()) {
    json->Key("sources").BeginArray();
    for (const Ulid& source : compaction.sources) json->String(source.ToString());
    json->EndArray();
  }
  if (compaction.deletable) json->Key("deletable").Bool(true);
  if (!compaction.parents.empty()) {
    json->Key("parents").BeginArray();
    for (const BlockDescription& parent : compaction.parents) {
      json->BeginObject().Key("ulid").String(parent.ulid.ToString());
      json->Key("minTime").Int(parent.min_time_ms).Key("maxTime").Int(parent.max_time_ms).EndObject();
    }
    json->EndArray();
  }
  if (compaction.failed) json->Key("failed").Bool(true);
  WriteStrings("hints", compaction.hints, json);
  WriteUnknown(compaction.unknown, json);
  json->EndObject();
}

void WriteFiles(const std::vector<ThanosFile>& files, JsonWriter* json) {
  if (files.empty()) return;
  json->Key("files").BeginArray();
  for (const ThanosFile& file : files) {
    json->BeginObject().Key("rel_path").String(file.rel_path);
    WriteCount("size_bytes", file.size_bytes, json);
    if (!file.hash_function.empty()) {
      json->Key("hash").BeginObject().Key("hashFunc").String(file.hash_function);
      json->Key("value").String(file.hash).EndObject();
    }
    json->EndObject();
  }
  json->EndArray();
}

void WriteThanos(const ThanosMeta& thanos, JsonWriter* json) {
  json->Key("thanos").BeginObject();
  if (thanos.version != 0) json->Key("version").Int(thanos.version);
  json->Key("labels").BeginObject();
  for (const auto& [name, value] : thanos.labels) json->Key(name).String(value);
  json->EndObject();
  json->Key("downsample").BeginObject().Key("resolution").Int(thanos.resolution_ms).EndObject();
  json->Key("source").String(thanos.source);
  WriteStrings("segment_files", thanos.segment_files, json);
  WriteFiles(thanos.files, json);
  if (!thanos.rewrites.empty()) WriteKept(thanos.rewrites, &json->Key("rewrites"));
  json->Key("index_stats").BeginObject();
  if (thanos.series_max_size != 0) json->Key("series_max_size").Int(thanos.series_max_size);
  if (thanos.chunk_max_size != 0) json->Key("chunk_max_size").Int(thanos.chunk_max_size);
  json->EndObject();
  if (!thanos.extensions.empty()) WriteKept(thanos.extensions, &json->Key("extensions"));
  json->Key("upload_time").String(thanos.upload_time);
  WriteUnknown(thanos.unknown, json);
  json->EndObject();
}

}  // namespace

std::string BlockMeta::Encode() const {
  std::string out;
  JsonWriter json(&out, {.indent = "\t", .html = HtmlEscape::kYes});
  json.BeginObject();
  json.Key("ulid").String(ulid.ToString());
  json.Key("minTime").Int(min_time_ms).Key("maxTime").Int(max_time_ms);
  WriteStats(stats, &json);
  WriteCompaction(compaction, &json);
  json.Key("version").Int(1);
  if (thanos) WriteThanos(*thanos, &json);
  WriteUnknown(unknown, &json);
  json.EndObject();
  // Go's Encoder, which Thanos uses, ends with a line break; Prometheus' MarshalIndent does not.
  if (thanos) out += '\n';
  return out;
}

}  // namespace epi::tsdb
