#include "hub/query/query_flags.h"

#include "common/base/str_cat.h"

namespace epi::hub {
namespace {

void RegisterEndpoints(QueryFlags* flags, config::Command* command) {
  command->Group("Endpoints");
  command->Add("endpoint",
               "Address of a gRPC API to ask (repeatable): host:port.",
               &flags->endpoints)
      .Alias("store");
  command->Add("endpoint-strict",
               "Address of a gRPC API that must answer every query, even while its health check fails (repeatable): host:port.",
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
  command->Add("store.unhealthy-timeout", "How long an endpoint that is gone is still shown and missed.",
               &flags->unhealthy_timeout);
  command->Add("endpoint.info-timeout", "How long an Info call may take.", &flags->info_timeout).Hidden();
  command->Add("store.response-timeout",
               "How long an endpoint may say nothing before the query goes on without it, or fails if partial answers are not wanted.",
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
  command->Add("query.replica-label", "Label that tells replicas apart; series that differ in it alone become one (repeatable).",
               &flags->replica_labels);
  command->Add("query.partial-response", "Answer with what is there, and a warning, when an endpoint fails; the parameter partial_response overrides it.",
               &flags->partial_response);
  command->Add("query.auto-downsampling", "Let a range query read downsampled data of up to a fifth of its step.",
               &flags->auto_downsampling);
  command->Add("query.instant.default.max_source_resolution", "Coarsest resolution that instant queries may read.",
               &flags->instant_max_source_resolution)
      .Hidden();
  command->Add("query.timeout", "How long a query may take.", &flags->timeout);
  command->Add("query.max-concurrent", "Queries that run at once; more wait in line.", &flags->max_concurrent);
  command->Add("query.lookback-delta", "How old a sample may be to count as current.",
               &flags->lookback_delta);
  command->Add("query.dynamic-lookback-delta", "Look back at least as far as the resolution of downsampled data in use.",
               &flags->dynamic_lookback_delta)
      .Hidden();
  command->Add("query.default-evaluation-interval", "Step of subqueries that name none.",
               &flags->default_evaluation_interval);
  command->Add("query.default-step",
               "Step of range queries that name none: this, or a 250th of the range if that is more. 0: naming one is required, "
               "as in Prometheus.",
               &flags->default_step);
  command->Add("query.metadata.default-time-range",
               "Time range of label and series requests that name none; 0: all time.",
               &flags->metadata_default_range);
  command->Add("query.max-samples", "Samples that a query may hold in memory.", &flags->samples_max);
  command->Add("query.max-memory", "Memory that a single query may use.", &flags->query_memory_max);
  command->Add("query.log-queries-longer-than", "Log queries that take at least so long, with what they asked and cost. 0: none.",
               &flags->slow_query);
  command->Add("query.promql-engine", "Names of both engines are accepted; there is one.", &flags->promql_engine)
      .Choices({"prometheus", "thanos"});
  command->Add("query.mode", "How queries are evaluated.", &flags->mode).Choices({"local"});
  command->Add("deduplication.func", "How samples of replicas are chosen.", &flags->deduplication).Choices({"penalty"});
  command->Add("enable-feature", "Features of PromQL to switch on, by Prometheus' names (repeatable).", &flags->enabled_features);
  command->Add("store.limits.request-series", "Series that one Series call may return; 0: any number.",
               &flags->request_series_max);
  command->Add("store.limits.request-samples", "Samples that one Series call may return; 0: any number.",
               &flags->request_samples_max);
}

void RegisterWeb(QueryFlags* flags, config::Command* command) {
  command->Group("Web");
  command->Add("web.route-prefix", "Path below which everything is served.", &flags->route_prefix);
  command->Add("web.external-prefix", "Path that a proxy puts before ours; links and redirects carry it.",
               &flags->external_prefix);
  command->Add("web.prefix-header", "Request header from which links and redirects take their prefix.",
               &flags->prefix_header);
  command->Add("web.disable-cors", "Send no CORS headers.", &flags->disable_cors);
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
