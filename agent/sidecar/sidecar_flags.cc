#include "agent/sidecar/sidecar_flags.h"

namespace epi::agent {
namespace {

constexpr const char* kNoUpload = "uploading blocks is not available yet; the sidecar serves Prometheus by remote read";

void RegisterReloader(SidecarFlags* flags, config::Command* command) {
  command->Group("Reloader");
  command->Add("reloader.config-file", "Config file watched by the reloader.", &flags->reloader_config_file);
  command->Add("reloader.config-envsubst-file", "Output file for environment variable substituted config file.",
               &flags->reloader_output_file);
  command->Add("reloader.rule-dir", "Rule directories for the reloader to refresh (repeated field).",
               &flags->reloader_rule_dirs);
  command->Add("reloader.watch-interval", "Controls how often reloader re-reads config and rules.",
               &flags->reloader_watch_interval);
  command->Add("reloader.retry-interval", "Controls how often reloader retries config reload in case of error.",
               &flags->reloader_retry_interval);
  command->Add("reloader.method", "Method used to reload the configuration.", &flags->reloader_method)
      .Choices({"http", "signal"});
  command->Add("reloader.process-name", "Executable name used to match the process being reloaded when using the signal method.",
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
  command->Add("prometheus.url", "URL at which to reach Prometheus's API. For better performance use local network.", &prometheus_url);
  command->Add("prometheus.ready_timeout", "Maximum time to wait for the Prometheus instance to start up.", &ready_timeout);
  command->Add("prometheus.get_config_interval", "How often to get Prometheus config.", &get_config_interval);
  command->Add("prometheus.get_config_timeout", "Timeout for getting Prometheus config.", &get_config_timeout);
  http_client.Register(command, "prometheus.http-client", "HTTP client configuration for Prometheus");
  command->Group("Store API");
  command->Add("min-time", "Start of time range limit to serve. RFC 3339 or a duration relative to now, such as -1d or 2h45m.", &min_time);
  command->Add("store.limits.request-series", "The maximum series allowed for a single Series request. 0 means no limit.",
               &request_series_max);
  command->Add("store.limits.request-samples", "The maximum samples allowed for a single Series request. 0 means no limit.",
               &request_samples_max)
      .Alias("store.grpc.series-sample-limit");
  RegisterReloader(this, command);
  RefuseMissing(command);
}

}  // namespace epi::agent
