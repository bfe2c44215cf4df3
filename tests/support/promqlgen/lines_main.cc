// promql_lines DIRECTORY COUNT SEED MODE: what a comparison with another server needs.
//
// Writes the data set as a block below DIRECTORY, and COUNT lines of JSON: a random query, its times (seconds), and the engine's answer
// over that block in the form of the HTTP API.
//
// MODE: modern (all features but delayed name removal), delayed (all features), shared (what Prometheus 2.42 knows, too).
#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/api/result_json.h"
#include "common/base/json_writer.h"
#include "common/base/str_cat.h"
#include "common/promql/engine.h"
#include "common/tsdb/block.h"
#include "common/tsdb/block_querier.h"
#include "tests/support/promqlgen/block_data.h"
#include "tests/support/promqlgen/data_set.h"
#include "tests/support/promqlgen/query_generator.h"

namespace epi::promqlgen {
namespace {

promql::EngineOptions OptionsOf(const std::string& mode) {
  promql::EngineOptions options;
  if (mode != "shared") options.features = promql::Features::All();
  options.features.delayed_name_removal = mode == "delayed";
  options.features.type_and_unit_labels = false;
  return options;
}

Result<promql::QueryResult> Ask(const promql::Engine& engine, const series::Querier& querier, const RandomQuery& query) {
  if (!query.is_range) return engine.Instant(Context::Background(), querier, query.text, query.start_ms);
  return engine.Range(Context::Background(), querier, query.text, {query.start_ms, query.end_ms, query.step_ms});
}

template <typename Items, typename Append>
std::string ArrayJson(const Items& items, Append&& append) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    append(&out, item);
  }
  return out + "]";
}

std::string ResultJson(const promql::Value& value) {
  std::string out;
  if (const auto* scalar = std::get_if<promql::Scalar>(&value)) {
    api::AppendScalarJson(&out, *scalar);
  } else if (const auto* text = std::get_if<promql::String>(&value)) {
    api::AppendStringJson(&out, *text);
  } else if (const auto* vector = std::get_if<promql::Vector>(&value)) {
    out = ArrayJson(*vector, api::AppendVectorSampleJson);
  } else {
    out = ArrayJson(std::get<promql::Matrix>(value), api::AppendMatrixSeriesJson);
  }
  return out;
}

std::string Line(const RandomQuery& query, const Result<promql::QueryResult>& result) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().Key("query").String(query.text).Key("range").Bool(query.is_range);
  for (const auto& [key, ms] : {std::pair{"start", query.start_ms}, {"end", query.end_ms}, {"step", query.step_ms}}) {
    json.Key(key).Double(static_cast<double>(ms) / 1000);
  }
  if (!result.ok()) {
    json.Key("error").String(result.status().message()).EndObject();
    return out;
  }
  const promql::Value value = result->ToValue();
  json.Key("type").String(ValueTypeText(TypeOf(value))).Key("result").Raw(ResultJson(value));
  const promql::AnnotationStrings notes = result->annotations.Strings(query.text, 0);
  for (const auto& [key, texts] : {std::pair{"warnings", &notes.warnings}, {"infos", &notes.infos}}) {
    json.Key(key).BeginArray();
    for (const std::string& text : *texts) json.String(text);
    json.EndArray();
  }
  json.EndObject();
  return out;
}

Status Run(const std::string& directory, uint64_t count, uint64_t seed, const std::string& mode) {
  const bool shared = mode == "shared";
  series::MemoryStorage storage;
  RETURN_IF_ERROR(Load(MakeData({.seed = seed, .off_edges = shared, .modern = !shared, .start_times = false}), &storage));
  const std::string block = TRY(WriteBlock(Context::Background(), storage, directory));
  const tsdb::BlockQuerier querier({TRY(tsdb::Block::Open(block))});
  const promql::Engine engine(OptionsOf(mode));
  QueryGenerator generator(seed, shared ? Dialect::kShared : Dialect::kModern);
  for (uint64_t i = 0; i < count; ++i) {
    const RandomQuery query = generator.Next();
    std::printf("%s\n", Line(query, Ask(engine, querier, query)).c_str());
  }
  return OkStatus();
}

}  // namespace
}  // namespace epi::promqlgen

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "promql_lines DIRECTORY COUNT SEED modern|delayed|shared\n");
    return 2;
  }
  const epi::Status status =
      epi::promqlgen::Run(argv[1], std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10), argv[4]);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
