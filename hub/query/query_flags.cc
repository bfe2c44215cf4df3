#include "hub/query/query_flags.h"

#include "common/base/str_cat.h"

namespace epi::hub {
namespace {

void RegisterEndpoints(QueryFlags* flags, config::Command* command) {
  command->Group("Endpoints");
  command->Add("endpoint",
               "Addresses of Thanos API servers (repeatable): host:port, or a name that is looked up in DNS: dns+host:port for its "
               "A and AAAA records, dnssrv+name for its SRV records, dnssrvnoa+name for those without looking up their targets.",
               &flags->endpoints)
      .Alias("store");
  command->Add("endpoint-strict",
               "Addresses of only statically configured Thanos API servers that are always used, even if the health check fails.",
               &flags->strict_endpoints)
      .Alias("store-strict");
  command->Add("endpoint-group",
               "Thanos API servers that are replicas of one another, by one name that DNS resolves to all of them (repeatable): each "
               "call goes to the next one.",
               &flags->endpoint_groups);
  command->Add("endpoint-group-strict", "The same, always used, even if the health check fails.", &flags->strict_endpoint_groups);
  flags->sd_config.Register(command, "endpoint.sd-config", "endpoints");
  command->Add("endpoint.sd-config-reload-interval", "How often --endpoint.sd-config-file is read again, besides when it changes.",
               &flags->sd_config_interval);
  command->Add("store.sd-files", "Files with addresses of Thanos API servers, as in Prometheus' file discovery; patterns are allowed (repeatable).",
               &flags->sd_files);
  command->Add("store.sd-interval", "How often --store.sd-files are read again, besides when they change.", &flags->sd_files_interval);
  command->Add("store.sd-dns-interval", "Interval between DNS resolutions.", &flags->sd_dns_interval).Alias("query.sd-dns-interval");
  command->Add("store.sd-dns-servers", "DNS servers to ask instead of the system's: host:port, separated by commas.", &flags->sd_dns_servers)
      .Hidden();
  command->AddWithoutEffect("store.sd-dns-resolver", "there is one resolver");
  command->Add("store.unhealthy-timeout", "Timeout before an unhealthy store is cleaned from the store UI page.",
               &flags->unhealthy_timeout);
  command->Add("endpoint.info-timeout", "Timeout of gRPC Info requests.", &flags->info_timeout).Hidden();
  command->Add("store.response-timeout",
               "If a Store doesn't send any data in this specified duration then a Store will be ignored and partial data will "
               "be returned if it's enabled.",
               &flags->response_timeout);
  for (const char* flag : {"selector.relabel-config", "selector.relabel-config-file", "selector-label"}) {
    command->Refuse(flag, "restricting what the querier selects is not available yet");
  }
  for (const char* flag : {"rule", "metadata", "exemplar", "target"}) {
    command->Refuse(flag, "name the server with --endpoint, which finds out what it serves");
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
  command->Add("query.mode", "How queries are evaluated.", &flags->mode).Choices({"local"});
  command->Add("deduplication.func", "How samples of replicas are chosen.", &flags->deduplication).Choices({"penalty"});
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
  for (const char* flag : {"rule.partial-response", "target.partial-response", "metric-metadata.partial-response",
                           "exemplar.partial-response", "status.partial-response", "alert.query-url"}) {
    command->Refuse(flag, "rules, targets, metadata and exemplars are not available yet");
  }
  command->Refuse("query.enable-x-functions", "xrate, xincrease and xdelta are not available yet");
  for (const char* flag : {"query.partition-label", "query.distributed-with-overlapping-interval"}) {
    command->Refuse(flag, "distributed mode is not available yet");
  }
  command->AddWithoutEffect("enable-auto-gomemlimit", "memory is bounded by budgets, not by a collector",
                            config::Command::Takes::kNothing);
  command->AddWithoutEffect("auto-gomemlimit.ratio", "memory is bounded by budgets, not by a collector");
  command->AddWithoutEffect("query.max-concurrent-select", "a query's selectors are read one after another, each from all endpoints at once");
  for (const char* flag : {"grpc.proxy-strategy", "query.lazy-retrieval-max-buffered-responses"}) {
    command->AddWithoutEffect(flag, "series are always merged as they arrive");
  }
  command->AddWithoutEffect("query.disable-fallback", "there is one engine", config::Command::Takes::kNothing);
  command->AddWithoutEffect("query.active-query-path", "a query cannot end the process; running ones are listed by the API");
  command->AddWithoutEffect("query.conn-metric.label", "thanos_store_nodes_grpc_connections always carries both labels");
  for (const char* flag : {"query.telemetry.request-duration-seconds-quantiles", "query.telemetry.request-samples-quantiles",
                           "query.telemetry.request-series-seconds-quantiles"}) {
    command->AddWithoutEffect(flag, "the buckets of thanos_store_api_query_duration_seconds are Thanos' own");
  }
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

Result<std::vector<EndpointRule>> QueryFlags::EndpointRules() const {
  struct Source {
    const char* flag;
    const std::vector<std::string>& addresses;
    bool strict;
    bool group;
  };
  std::vector<EndpointRule> rules;
  for (const Source& source : {Source{"endpoint", endpoints, false, false}, Source{"endpoint-strict", strict_endpoints, true, false},
                               Source{"endpoint-group", endpoint_groups, false, true},
                               Source{"endpoint-group-strict", strict_endpoint_groups, true, true}}) {
    for (const std::string& address : source.addresses) {
      rules.push_back({.address = address, .strict = source.strict, .group = source.group, .client = {}});
      RETURN_IF_ERROR(CheckRule(rules.back()).WithContext(StrCat("--", source.flag, "=", address)));
    }
  }
  return rules;
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
