// status/buildinfo, status/runtimeinfo, status/flags, status/config, and the endpoints that a fan-out has no data for and whose
// empty answer clients accept.
//
// Threads: methods are safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/api/answer.h"
#include "common/base/clock.h"

namespace epi::api {

struct StatusHandlerOptions {
  // Every flag with its value in effect, by name.
  std::vector<std::pair<std::string, std::string>> flags;
  // The configuration as YAML; empty when there is none.
  std::function<std::string()> config_yaml;
  std::string storage_retention;
  const Clock* clock = &Clock::System();
};

class StatusHandler {
 public:
  explicit StatusHandler(StatusHandlerOptions options);

  Answer BuildInfo() const;
  Answer RuntimeInfo() const;
  Answer Flags() const;
  Answer Config() const;
  // [], {"scrapePools":[]}, …; `path` is the part after /api/v1/. NotFound for any other path.
  static Answer EmptyAnswer(std::string_view path);

 private:
  const StatusHandlerOptions options_;
  const int64_t started_ms_;
};

}  // namespace epi::api
