#include "hub/query/stores_answer.h"

#include <map>
#include <string>
#include <vector>

#include "common/api/result_json.h"
#include "common/base/json_writer.h"
#include "common/base/time_format.h"

namespace epi::hub {
namespace {

void AppendEndpoint(const storeapi::Endpoint& endpoint, const storeapi::EndpointState& state, JsonWriter* json) {
  json->BeginObject().Key("name").String(endpoint.address());
  json->Key("lastCheck").String(FormatRfc3339Ms(state.last_check_ms)).Key("lastError");
  if (state.last_error.ok()) {
    json->Null();
  } else {
    json->String(state.last_error.message());
  }
  json->Key("labelSets").BeginArray();
  if (state.info != nullptr) {
    for (const labels::Labels& set : state.info->label_sets) {
      std::string text;
      api::AppendLabelsJson(&text, set);
      json->Raw(text);
    }
  }
  json->EndArray();
  const storeapi::TimeRange range =
      state.info != nullptr && state.info->store.has_value() ? state.info->store->range : storeapi::TimeRange();
  json->Key("minTime").Int(range.mint_ms).Key("maxTime").Int(range.maxt_ms);
  json->Key("healthy").Bool(state.healthy).Key("strict").Bool(endpoint.strict()).EndObject();
}

}  // namespace

api::Answer StoresAnswer(const storeapi::StoreSet& stores) {
  struct Row {
    const storeapi::Endpoint* endpoint;
    storeapi::EndpointState state;
  };
  const auto endpoints = stores.endpoints();
  std::map<std::string, std::vector<Row>> by_kind;
  for (const auto& endpoint : *endpoints) {
    storeapi::EndpointState state = endpoint->state();
    const std::string kind = state.info == nullptr ? "unknown" : state.info->component_type;
    by_kind[kind].push_back({endpoint.get(), std::move(state)});
  }
  std::string data;
  JsonWriter json(&data);
  json.BeginObject();
  for (const auto& [kind, rows] : by_kind) {
    json.Key(kind).BeginArray();
    for (const Row& row : rows) AppendEndpoint(*row.endpoint, row.state, &json);
    json.EndArray();
  }
  json.EndObject();
  return api::Answer::Json(std::move(data));
}

}  // namespace epi::hub
