#include "hub/query/query_flags.h"

#include <charconv>

#include "common/base/str_cat.h"

namespace epi::hub {
namespace {

void RegisterEndpoints(QueryFlags* flags, config::Command* command) {
  command->Group("Endpoints");
  command->Add("endpoint", "Addresses of statically configured Thanos API servers (repeatable): host:port.", &flags->endpoints)
      .Alias("store");
  command->Add("endpoint-strict",
               "Addresses of only statically configured Thanos API servers that are always used, even if the health check fails.",
               &flags->strict_endpoints)
      .Alias("store-strict");
  command->Add("store.unhealthy-timeout", "Timeout before an unhealthy store is cleaned from the store UI page.",
               &flags->unhealthy_timeout);
  command->Add("endpoint.info-timeout", "Timeout of gRPC Info requests.", &flags->info_timeout).Hidden();
  command->Add("store.response-timeout",
               "If a Store doesn't send any data in this specified duration then a Store will be ignored and partial data will "
               "be returned if it's enabled.",
               &flags->response_timeout);
  for (const char* flag : {"endpoint.sd-config", "endpoint.sd-config-file", "endpoint-group", "endpoint-group-strict",
                           "store.sd-files", "query.sd", "selector.relabel-config", "selector.relabel-config-file", "selector-label"}) {
    command->Refuse(flag, "discovery of endpoints by file, group or DNS is not available yet; name each with --endpoint=host:port");
  }
}

void RegisterQuery(QueryFlags* flags, config::Command* command) {
  command->Group("Query");
  command->Add("query.replica-label", "Labels to treat as a replica indicator along which data is deduplicated (repeatable).",
               &flags->replica_labels);
  command->Add("query.partial-response", "Enable partial response for queries if no partial_response param is specified.",
               &flags->partial_response);
  command->Add("query.auto-downsampling", "Enable automatic adjustment (step / 5) to what source of data should be used.",
               &flags->auto_downsampling);
  command->Add("query.instant.default.max_source_resolution", "Default value for max_source_resolution for instant queries.",
               &flags->instant_max_source_resolution)
      .Hidden();
  command->Add("query.timeout", "Maximum time to process query by query node.", &flags->timeout);
  command->Add("query.max-concurrent", "Maximum number of queries processed concurrently by query node.", &flags->max_concurrent);
  command->Add("query.lookback-delta", "The maximum lookback duration for retrieving metrics during expression evaluations.",
               &flags->lookback_delta);
  command->Add("query.dynamic-lookback-delta", "Look back at least as far as the resolution of downsampled data in use.",
               &flags->dynamic_lookback_delta)
      .Hidden();
  command->Add("query.default-evaluation-interval", "Set default evaluation interval for sub queries.",
               &flags->default_evaluation_interval);
  command->Add("query.default-step",
               "Step of range queries that name none: this, or a 250th of the range if that is more. 0: naming one is required, "
               "as in Prometheus.",
               &flags->default_step);
  command->Add("query.metadata.default-time-range",
               "The default metadata time range duration for retrieving labels through Labels and Series API when the range "
               "parameters are not specified. 0: all time.",
               &flags->metadata_default_range);
  command->Add("query.max-samples", "Maximum number of samples a single query can load into memory.", &flags->samples_max);
  command->Add("query.max-memory", "Memory that a single query may use.", &flags->query_memory_max);
  command->Add("query.log-queries-longer-than", "Log queries that take at least so long, with what they asked and cost. 0: none.",
               &flags->slow_query);
  command->Add("query.promql-engine", "Names of both engines are accepted; there is one.", &flags->promql_engine)
      .Choices({"prometheus", "thanos"});
  command->Add("enable-feature", "Features of PromQL to switch on, by Prometheus' names (repeatable).", &flags->enabled_features);
  command->Add("store.limits.request-series", "The maximum series allowed for a single Series request. 0 means no limit.",
               &flags->request_series_max);
  command->Add("store.limits.request-samples", "The maximum samples allowed for a single Series request. 0 means no limit.",
               &flags->request_samples_max);
}

void RegisterWeb(QueryFlags* flags, config::Command* command) {
  command->Group("Web");
  command->Add("web.route-prefix", "Prefix for API and UI endpoints.", &flags->route_prefix);
  command->Add("web.external-prefix", "Static prefix for all HTML links and redirect URLs in the UI query web interface.",
               &flags->external_prefix);
  command->Add("web.prefix-header", "Name of HTTP request header used for dynamic prefixing of UI links and redirects.",
               &flags->prefix_header);
  command->Add("web.disable-cors", "Whether to disable CORS headers to be set by Thanos.", &flags->disable_cors);
}

void RefuseMissing(config::Command* command) {
  for (const char* flag : {"tracing.config", "tracing.config-file"}) command->Refuse(flag, "tracing is not available yet");
  for (const char* flag : {"request.logging-config", "request.logging-config-file"}) {
    command->Refuse(flag, "request logging is not available yet");
  }
  for (const char* flag : {"query.enforce-tenancy", "query.tenant-header", "query.default-tenant-id", "query.tenant-label-name",
                           "query.tenant-certificate-field"}) {
    command->Refuse(flag, "tenancy is not available yet");
  }
  command->Refuse("query.mode", "distributed mode is not available yet");
  command->Refuse("deduplication.func", "only penalty deduplication is available yet; leave the flag out");
  command->AddWithoutEffect("enable-auto-gomemlimit", "memory is bounded by budgets, not by a collector",
                            config::Command::Takes::kNothing);
  command->AddWithoutEffect("auto-gomemlimit.ratio", "memory is bounded by budgets, not by a collector");
  command->AddWithoutEffect("query.max-concurrent-select", "a query's selectors are read one after another, each from all endpoints at once");
  command->AddWithoutEffect("grpc.proxy-strategy", "series are always merged as they arrive");
}

Status CheckAddress(const std::string& address) {
  for (const char* prefix : {"dns+", "dnssrv+", "dnssrvnoa+", "dnsdualstack+"}) {
    if (address.starts_with(prefix)) {
      return UnimplementedError(StrCat("--endpoint=", address, ": discovery by DNS is not available yet; give host:port"));
    }
  }
  const size_t colon = address.rfind(':');
  unsigned port = 0;
  if (colon != std::string::npos && colon > 0) {
    const char* end = address.data() + address.size();
    const auto [stop, error] = std::from_chars(address.data() + colon + 1, end, port);
    if (error == std::errc() && stop == end && port > 0 && port <= 65535) return OkStatus();
  }
  return InvalidArgumentError(StrCat("--endpoint=", address, ": expected host:port"));
}

}  // namespace

void QueryFlags::Register(config::Command* command) {
  command->Group("Logging");
  log.Register(command);
  command->Group("HTTP");
  http.Register(command);
  command->Group("gRPC");
  grpc.Register(command);
  command->Group("gRPC client");
  grpc_client.Register(command);
  RegisterEndpoints(this, command);
  RegisterQuery(this, command);
  RegisterWeb(this, command);
  RefuseMissing(command);
}

Result<std::vector<storeapi::EndpointSpec>> QueryFlags::EndpointSpecs() const {
  std::vector<storeapi::EndpointSpec> specs;
  for (const std::string& address : endpoints) {
    RETURN_IF_ERROR(CheckAddress(address));
    specs.push_back({address, false});
  }
  for (const std::string& address : strict_endpoints) {
    RETURN_IF_ERROR(CheckAddress(address));
    specs.push_back({address, true});
  }
  return specs;
}

Result<promql::Features> QueryFlags::Features() const {
  promql::Features features;
  for (const std::string& list : enabled_features) {
    for (size_t at = 0; at <= list.size();) {
      const size_t end = std::min(list.find(',', at), list.size());
      if (end > at) RETURN_IF_ERROR(features.Enable(std::string_view(list).substr(at, end - at)).WithContext("--enable-feature"));
      at = end + 1;
    }
  }
  return features;
}

}  // namespace epi::hub
