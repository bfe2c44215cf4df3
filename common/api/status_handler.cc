#include "common/api/status_handler.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>
#include <thread>

#include "common/base/build_info.h"
#include "common/base/json_writer.h"
#include "common/base/time_format.h"

namespace epi::api {
namespace {

std::string Hostname() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

std::string WorkingDirectory() {
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

// Threads of this process; Prometheus' clients know the figure as goroutines.
int64_t CountThreads() {
  std::error_code error;
  const std::filesystem::directory_iterator tasks("/proc/self/task", error);
  return error ? 0 : std::distance(tasks, std::filesystem::directory_iterator());
}

}  // namespace

StatusHandler::StatusHandler(StatusHandlerOptions options)
    : options_(std::move(options)), started_ms_(options_.clock->NowMs()) {}

Answer StatusHandler::BuildInfo() const {
  const epi::BuildInfo& info = GetBuildInfo();
  std::string data;
  JsonWriter json(&data);
  json.BeginObject().Key("version").String(info.version).Key("revision").String(info.revision);
  json.Key("branch").String(info.branch).Key("buildUser").String(info.user).Key("buildDate").String(info.date);
  // Clients read the toolchain from this key, whatever the language.
  json.Key("goVersion").String(info.compiler).EndObject();
  return Answer::Json(std::move(data));
}

Answer StatusHandler::RuntimeInfo() const {
  std::string data;
  JsonWriter json(&data);
  json.BeginObject().Key("startTime").String(FormatRfc3339Ms(started_ms_)).Key("CWD").String(WorkingDirectory());
  json.Key("hostname").String(Hostname()).Key("serverTime").String(FormatRfc3339Ms(options_.clock->NowMs()));
  json.Key("reloadConfigSuccess").Bool(true).Key("lastConfigTime").String(FormatRfc3339Ms(started_ms_));
  json.Key("corruptionCount").Int(0).Key("goroutineCount").Int(CountThreads());
  json.Key("GOMAXPROCS").Int(static_cast<int64_t>(std::thread::hardware_concurrency()));
  json.Key("GOMEMLIMIT").Int(INT64_MAX).Key("GOGC").String("").Key("GODEBUG").String("");
  json.Key("storageRetention").String(options_.storage_retention).EndObject();
  return Answer::Json(std::move(data));
}

Answer StatusHandler::Flags() const {
  std::string data;
  JsonWriter json(&data);
  json.BeginObject();
  auto flags = options_.flags;
  std::sort(flags.begin(), flags.end());
  for (const auto& [name, value] : flags) json.Key(name).String(value);
  json.EndObject();
  return Answer::Json(std::move(data));
}

Answer StatusHandler::Config() const {
  std::string data;
  JsonWriter json(&data);
  json.BeginObject().Key("yaml").String(options_.config_yaml ? options_.config_yaml() : "").EndObject();
  return Answer::Json(std::move(data));
}

Answer StatusHandler::EmptyAnswer(std::string_view path) {
  struct Empty {
    std::string_view path;
    std::string_view data;
  };
  static constexpr std::array<Empty, 6> kEmpty = {{
      {"targets/metadata", "[]"},
      {"alertmanagers", R"({"activeAlertmanagers":[],"droppedAlertmanagers":[]})"},
      {"notifications", "[]"},
      {"scrape_pools", R"({"scrapePools":[]})"},
      {"status/walreplay", R"({"min":0,"max":0,"current":0})"},
      {"status/tsdb/blocks", R"({"blocks":[]})"},
  }};
  for (const Empty& empty : kEmpty) {
    if (empty.path == path) return Answer::Json(std::string(empty.data));
  }
  return Answer::Error(NotFoundError("page not found"));
}

}  // namespace epi::api
