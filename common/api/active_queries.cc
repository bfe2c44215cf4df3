#include "common/api/active_queries.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "common/base/go_float.h"
#include "common/base/json_writer.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"

namespace epi::api {
namespace {

// Sixteen hexadecimal digits: nobody guesses the id of another's query.
std::string MakeId(uint64_t bits) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(bits));
  return text.data();
}

void WriteSeconds(JsonWriter* json, std::string_view key, int64_t ms) {
  std::string seconds;
  AppendTimestampMs(&seconds, ms);
  json->Key(key).Raw(seconds);
}

}  // namespace

ActiveQueries::Ticket ActiveQueries::Enter(const Context& ctx, const QueryRequest& request, const QueryOrigin& origin) {
  const Context own = ctx.WithCancel();
  MutexLock lock(&mutex_);
  std::string id = MakeId(random_.U64());
  entries_.emplace(id, Entry{own, request, origin, clock_->NowMs()});
  return {this, std::move(id), own};
}

void ActiveQueries::Leave(const std::string& id) {
  MutexLock lock(&mutex_);
  entries_.erase(id);
}

size_t ActiveQueries::size() const {
  MutexLock lock(&mutex_);
  return entries_.size();
}

Answer ActiveQueries::List() const {
  std::vector<std::pair<std::string, Entry>> entries;
  {
    MutexLock lock(&mutex_);
    entries.assign(entries_.begin(), entries_.end());
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.second.since_ms < b.second.since_ms; });
  const int64_t now_ms = clock_->NowMs();
  std::string data;
  JsonWriter json(&data, {.html = HtmlEscape::kYes});
  json.BeginArray();
  for (const auto& [id, entry] : entries) {
    json.BeginObject().Key("id").String(id).Key("query").String(entry.request.query);
    WriteSeconds(&json, "start", entry.request.start_ms);
    WriteSeconds(&json, "end", entry.request.end_ms);
    WriteSeconds(&json, "step", entry.request.step_ms);
    json.Key("since").String(FormatRfc3339Ms(entry.since_ms));
    WriteSeconds(&json, "runningFor", now_ms - entry.since_ms);
    json.Key("client").String(entry.origin.peer_address).Key("userAgent").String(entry.origin.user_agent);
    json.Key("dashboard").String(entry.origin.dashboard).Key("panel").String(entry.origin.panel).EndObject();
  }
  json.EndArray();
  return Answer::Json(std::move(data));
}

Answer ActiveQueries::Cancel(std::string_view id) const {
  MutexLock lock(&mutex_);
  const auto entry = entries_.find(id);
  if (entry == entries_.end()) return Answer::Error(NotFoundError(StrCat("no query has the id ", id, ": it may be over")));
  entry->second.ctx.Cancel("the query was cancelled by request");
  return Answer::Json("{}");
}

}  // namespace epi::api
