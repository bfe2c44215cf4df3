#include "agent/sidecar/reloader.h"

#include <xxhash.h>

#include <utility>

#include "agent/sidecar/tree_hash.h"
#include "common/base/clock.h"
#include "common/base/str_cat.h"
#include "common/runtime/file_watch.h"

namespace epi::agent {
namespace {

std::string MetricName(std::string_view name) { return StrCat("thanos_sidecar_reloader_", name); }

}  // namespace

Reloader::Reloader(ReloaderOptions options, log::Logger logger, metrics::Registry* registry)
    : options_(std::move(options)),
      logger_(std::move(logger)),
      reloads_(registry->AddCounter(MetricName("reloads_total"), "Reloads asked of Prometheus.")),
      reloads_failed_(registry->AddCounter(MetricName("reloads_failed_total"), "Reloads that Prometheus refused or did not answer.")),
      last_successful_(registry->AddGauge(MetricName("last_reload_successful"),
                                          "1 if the last reload worked, else 0.")),
      last_success_time_(registry->AddGauge(MetricName("last_reload_success_timestamp_seconds"),
                                            "When Prometheus last reloaded, in Unix seconds.")),
      applies_(registry->AddCounter(MetricName("config_apply_operations_total"), "Applications of the configuration.")),
      applies_failed_(registry->AddCounter(MetricName("config_apply_operations_failed_total"),
                                           "Applications of the configuration that failed.")),
      unset_variables_(registry->AddGauge(MetricName("config_environment_variable_expansion_errors"),
                                          "Variables that had no value when the configuration was last expanded.")),
      watches_(registry->AddGauge(MetricName("watches"), "Files and directories being watched.")),
      watch_events_(registry->AddCounter(MetricName("watch_events_total"), "Changes seen in watched files and directories.")),
      watch_errors_(registry->AddCounter(MetricName("watch_errors_total"), "Failures to watch or read a file or directory.")) {}

std::vector<std::string> Reloader::WatchedPaths() const {
  std::vector<std::string> paths = options_.rule_dirs;
  if (!options_.config.path.empty()) paths.push_back(options_.config.path);
  return paths;
}

Result<uint64_t> Reloader::ApplyAndHash() {
  uint64_t hash = 0;
  if (!options_.config.path.empty()) {
    auto content = ApplyConfigFile(options_.config);
    unset_variables_->Set(content.status().code() == StatusCode::kFailedPrecondition ? 1 : 0);
    if (!content.ok()) return content.status();
    hash = XXH64(content->data(), content->size(), hash);
  }
  for (const std::string& directory : options_.rule_dirs) {
    const uint64_t tree = TRY(HashTree(directory));
    hash = XXH64(&tree, sizeof(tree), hash);
  }
  return hash;
}

Status Reloader::Trigger(const Context& ctx) {
  reloads_->Inc();
  const Status status = options_.trigger(ctx);
  last_successful_->Set(status.ok() ? 1 : 0);
  if (!status.ok()) {
    reloads_failed_->Inc();
    return status.WithContext("reload Prometheus");
  }
  last_success_time_->Set(static_cast<double>(Clock::System().NowMs()) / 1000);
  logger_.Info("Reload triggered", {{"cfg_in", options_.config.path}, {"cfg_out", options_.config.output_path}});
  return OkStatus();
}

Status Reloader::Apply(const Context& ctx) {
  applies_->Inc();
  const auto hash = ApplyAndHash();
  if (!hash.ok()) {
    applies_failed_->Inc();
    return hash.status().WithContext("apply configuration");
  }
  if (loaded_hash_ == *hash) return OkStatus();
  RETURN_IF_ERROR(Trigger(ctx));
  loaded_hash_ = *hash;
  return OkStatus();
}

void Reloader::Report(const Status& status) {
  const std::string text = status.ToString();
  if (status.ok()) {
    last_reported_.clear();
  } else if (text != last_reported_) {
    logger_.Error("Failed to apply configuration; will be tried again", {{"err", status}});
    last_reported_ = text;
  }
}

Status Reloader::Run(const Context& ctx) {
  runtime::FileWatch watch = TRY(runtime::FileWatch::Open());
  while (!ctx.Done()) {
    // Watches are set before the files are read, so that no change falls between the two.
    watches_->Set(static_cast<double>(watch.Watch(WatchedPaths())));
    const Status applied = Apply(ctx);
    if (ctx.Done()) break;
    Report(applied);
    const auto outcome = watch.Wait(ctx, applied.ok() ? options_.watch_interval : options_.retry_interval);
    if (!outcome.ok()) {
      watch_errors_->Inc();
      return outcome.status().WithContext("watch configuration files");
    }
    if (*outcome == runtime::FileWatch::Outcome::kChanged) watch_events_->Inc();
  }
  return OkStatus();
}

}  // namespace epi::agent
