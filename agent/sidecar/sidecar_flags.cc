#include "agent/sidecar/sidecar_flags.h"

namespace epi::agent {
namespace {

constexpr const char* kNoUpload = "uploading blocks is not available yet; the sidecar serves Prometheus by remote read";

void RegisterReloader(SidecarFlags* flags, config::Command* command) {
  command->Group("Reloader");
  command->Add("reloader.config-file", "Configuration file of Prometheus to watch.", &flags->reloader_config_file);
  command->Add("reloader.config-envsubst-file", "Where to write the configuration with $(VARIABLES) replaced by the environment's values.",
               &flags->reloader_output_file);
  command->Add("reloader.rule-dir", "Directories of rule files to watch (repeatable).",
               &flags->reloader_rule_dirs);
  command->Add("reloader.watch-interval", "How often configuration and rules are read again even when nothing seems to have changed.",
               &flags->reloader_watch_interval);
  command->Add("reloader.retry-interval", "How long to wait after a failed reload before the next attempt.",
               &flags->reloader_retry_interval);
  command->Add("reloader.method", "How Prometheus is told to reload.", &flags->reloader_method)
      .Choices({"http", "signal"});
  command->Add("reloader.process-name", "Name of the program to signal, with --reloader.method=signal.",
               &flags->reloader_process_name);
}

// Flags whose features are not there: giving one is an error that says so.
void RefuseMissing(config::Command* command) {
  for (const char* flag : {"objstore.config", "objstore.config-file", "shipper.upload-compacted", "shipper.ignore-unequal-block-size",
                           "shipper.skip-corrupted-blocks", "shipper.allow-out-of-order-uploads", "shipper.meta-file-name",
                           "shipper.upload-concurrency", "hash-func"}) {
    command->Refuse(flag, kNoUpload);
  }
  command->Refuse("tsdb.path", "reading Prometheus' blocks from disk is not available yet; leave the flag out to read by remote read");
  for (const char* flag : {"tracing.config", "tracing.config-file"}) command->Refuse(flag, "tracing is not available yet");
  for (const char* flag : {"request.logging-config", "request.logging-config-file"}) {
    command->Refuse(flag, "request logging is not available yet");
  }
  command->AddWithoutEffect("enable-auto-gomemlimit", "memory is bounded by budgets, not by a collector",
                            config::Command::Takes::kNothing);
  command->AddWithoutEffect("auto-gomemlimit.ratio", "memory is bounded by budgets, not by a collector");
}

}  // namespace

void SidecarFlags::Register(config::Command* command) {
  command->Group("Logging");
  log.Register(command);
  command->Group("HTTP");
  http.Register(command);
  command->Group("gRPC");
  grpc.Register(command);
  command->Group("Prometheus");
  command->Add("prometheus.url", "Where Prometheus' HTTP API is.", &prometheus_url);
  command->Add("prometheus.ready_timeout", "How long to wait for Prometheus at start.", &ready_timeout);
  command->Add("prometheus.get_config_interval", "How often external labels are read again.", &get_config_interval);
  command->Add("prometheus.get_config_timeout", "How long one reading of Prometheus' configuration may take.", &get_config_timeout);
  http_client.Register(command, "prometheus.http-client", "HTTP client configuration for Prometheus");
  command->Group("Store API");
  command->Add("min-time", "Nothing older is served. RFC 3339 or a duration relative to now, such as -1d or 2h45m.", &min_time);
  command->Add("store.limits.request-series", "Series that one Series call may return; 0: any number.",
               &request_series_max);
  command->Add("store.limits.request-samples", "Samples that one Series call may return; 0: any number.",
               &request_samples_max)
      .Alias("store.grpc.series-sample-limit");
  RegisterReloader(this, command);
  RefuseMissing(command);
}

}  // namespace epi::agent
