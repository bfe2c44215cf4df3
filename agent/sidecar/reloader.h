// Watches Prometheus' configuration and rule files and makes it load them anew when they change.
//
// 1. At the start, after an event on a watched file, and every watch_interval: apply the configuration file and hash
//    everything that is watched.
// 2. When the hash differs from the one Prometheus last loaded, trigger a reload.
// 3. A failed step is tried again after retry_interval; a file that cannot be applied never reaches Prometheus.
//
// Threads: Run() on a thread of its own.
// Errors:  Run() returns only when the context ends, or when watching is impossible; what fails meanwhile is logged once per
//          new reason and counted.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/sidecar/config_file.h"
#include "common/base/context.h"
#include "common/base/status.h"
#include "common/log/logger.h"
#include "common/metrics/registry.h"

namespace epi::agent {

struct ReloaderOptions {
  ConfigFile config;  // An empty path: none.
  std::vector<std::string> rule_dirs;
  std::chrono::milliseconds watch_interval{std::chrono::minutes(3)};
  std::chrono::milliseconds retry_interval{std::chrono::seconds(5)};
  // Makes Prometheus reload; OK once it runs with the new files.
  std::function<Status(const Context& ctx)> trigger;
};

class Reloader {
 public:
  Reloader(ReloaderOptions options, log::Logger logger, metrics::Registry* registry);

  // True when there is anything to watch.
  static bool Wanted(const ReloaderOptions& options) { return !options.config.path.empty() || !options.rule_dirs.empty(); }
  Status Run(const Context& ctx);

 private:
  // Steps 1 and 2.
  Status Apply(const Context& ctx);
  Result<uint64_t> ApplyAndHash();
  Status Trigger(const Context& ctx);
  std::vector<std::string> WatchedPaths() const;
  void Report(const Status& status);

  const ReloaderOptions options_;
  const log::Logger logger_;
  metrics::Counter* const reloads_;
  metrics::Counter* const reloads_failed_;
  metrics::Gauge* const last_successful_;
  metrics::Gauge* const last_success_time_;
  metrics::Counter* const applies_;
  metrics::Counter* const applies_failed_;
  metrics::Gauge* const unset_variables_;
  metrics::Gauge* const watches_;
  metrics::Counter* const watch_events_;
  metrics::Counter* const watch_errors_;
  std::optional<uint64_t> loaded_hash_;
  std::string last_reported_;
};

}  // namespace epi::agent
