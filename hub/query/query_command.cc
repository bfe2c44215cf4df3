#include "hub/query/query_command.h"

#include <memory>
#include <thread>
#include <utility>

#include "common/api/active_queries.h"
#include "common/api/cardinality_handler.h"
#include "common/api/metadata_handler.h"
#include "common/api/query_handler.h"
#include "common/api/routes.h"
#include "common/api/side_handler.h"
#include "common/api/status_handler.h"
#include "common/process/standard_routes.h"
#include "common/promql/engine.h"
#include "common/runtime/gate.h"
#include "common/storeapi/proxy.h"
#include "common/storeapi/side_proxy.h"
#include "common/storeapi/side_server.h"
#include "common/storeapi/store_server.h"
#include "common/storeapi/store_set.h"
#include "hub/query/endpoint_discovery.h"
#include "hub/query/page.h"
#include "hub/query/proxy_source.h"
#include "hub/query/query_flags.h"
#include "hub/query/stores_answer.h"

namespace epi::hub {
namespace {

// Queries in line above the gate before new ones are refused.
constexpr size_t kWaitingQueriesMax = 1000;

Result<std::unique_ptr<EndpointDiscovery>> MakeDiscovery(const QueryFlags& flags, process::Process* process, rpc::CallMetrics* metrics) {
  EndpointDiscoveryOptions options;
  options.rules = TRY(flags.EndpointRules());
  options.sd_config = flags.sd_config;
  options.sd_config_interval = flags.sd_config_interval;
  options.sd_files = flags.sd_files;
  options.sd_files_interval = flags.sd_files_interval;
  options.dns.servers = flags.sd_dns_servers;
  options.dns_interval = flags.sd_dns_interval;
  options.client = flags.grpc_client;
  options.call_metrics = metrics;
  options.registry = process->registry();
  options.logger = process->logger();
  return EndpointDiscovery::Make(process->loop(), std::move(options));
}

promql::EngineOptions MakeEngineOptions(const QueryFlags& flags, const promql::Features& features) {
  return {.features = features,
          .lookback_ms = flags.lookback_delta.count(),
          .default_eval_interval_ms = flags.default_evaluation_interval.count(),
          .samples_max = flags.samples_max,
          .workers = std::max(1U, std::thread::hardware_concurrency())};
}

runtime::GateOptions MakeGateOptions(const QueryFlags& flags, metrics::Registry* registry) {
  metrics::Gauge* in_flight = registry->AddGauge("thanos_query_concurrent_gate_queries_in_flight",
                                                 "Queries running now.");
  registry->AddGauge("thanos_query_concurrent_gate_queries_max", "Queries that may run at once.")
      ->Set(static_cast<double>(flags.max_concurrent));
  metrics::Counter* total = registry->AddCounter("thanos_query_concurrent_gate_queries_total", "Queries that came to the gate.");
  metrics::Histogram* waited = registry->AddHistogram("thanos_query_concurrent_gate_queries_duration_seconds",
                                                      "Time queries waited for their turn.");
  return {.name = "queries",
          .running_max = flags.max_concurrent,
          .waiting_max = kWaitingQueriesMax,
          .on_waited =
              [total, waited](std::chrono::nanoseconds time) {
                total->Inc();
                waited->Observe(std::chrono::duration<double>(time).count());
              },
          .on_running = [in_flight](size_t running) { in_flight->Set(static_cast<double>(running)); }};
}

// The first look at the endpoints decides readiness; a hub whose endpoints are all down is ready, too, to say so.
Status FollowStores(const Context& ctx, EndpointDiscovery* discovery, storeapi::StoreSet* stores, process::Probe* probe) {
  discovery->Update(ctx, stores);
  stores->Start();
  if (stores->WaitUntilReady(ctx).ok()) probe->SetReady();
  const Status status = discovery->Run(ctx, stores);
  stores->Stop();
  return status;
}

Status RunQuery(const QueryFlags& flags, const config::Command& command) {
  const log::Logger logger = flags.log.MakeLogger().With({{"component", "query"}});
  const promql::Features features = TRY(flags.Features());
  process::Process process("query", logger);

  rpc::CallMetrics client_metrics(process.registry(), rpc::CallSide::kClient);
  const std::unique_ptr<EndpointDiscovery> discovery = TRY(MakeDiscovery(flags, &process, &client_metrics));
  storeapi::StoreSet stores({.make_channel = [&discovery](const auto& spec) { return discovery->MakeChannel(spec); },
                             .info_timeout = flags.info_timeout,
                             .unhealthy_timeout = flags.unhealthy_timeout,
                             .registry = process.registry(),
                             .logger = logger});
  storeapi::Proxy proxy(&stores, {.response_timeout = flags.response_timeout, .registry = process.registry()});
  storeapi::StoreServer store_server(
      &proxy, {.limits = {.series_max = flags.request_series_max, .samples_max = flags.request_samples_max},
               .memory = process.memory()});
  rpc::Server grpc(process.loop(), {.registry = process.registry()});
  store_server.Register(&grpc);
  const storeapi::SideProxy side_proxy(&stores, flags.response_timeout);
  storeapi::RegisterSideApis(&side_proxy, &grpc);

  const promql::Engine engine(MakeEngineOptions(flags, features));
  runtime::Gate gate(MakeGateOptions(flags, process.registry()));
  const api::OpenSource open_source = OpenProxySource(&proxy, flags.replica_labels);
  const api::QueryDefaults defaults{.default_step = flags.default_step,
                                    .partial_response = flags.partial_response,
                                    .auto_downsampling = flags.auto_downsampling,
                                    .instant_max_source_resolution = flags.instant_max_source_resolution,
                                    .dynamic_lookback = flags.dynamic_lookback_delta};
  api::ActiveQueries active;
  const api::QueryHandler query({.engine = &engine,
                                 .gate = &gate,
                                 .process_memory = process.memory(),
                                 .open_source = open_source,
                                 .defaults = defaults,
                                 .timeout_max = flags.timeout,
                                 .query_bytes_max = flags.query_memory_max.bytes,
                                 .active = &active,
                                 .log = {logger, flags.slow_query}});
  const api::MetadataHandlerOptions metadata_options{.open_source = open_source,
                                                     .defaults = defaults,
                                                     .process_memory = process.memory(),
                                                     .default_range = flags.metadata_default_range,
                                                     .timeout_max = flags.timeout,
                                                     .request_bytes_max = flags.query_memory_max.bytes};
  const api::MetadataHandler metadata(metadata_options);
  const api::SideHandler side({.backend = &side_proxy,
                               .replica_labels = flags.replica_labels,
                               .defaults = defaults,
                               .features = features,
                               .process_memory = process.memory(),
                               .timeout_max = flags.timeout,
                               .request_bytes_max = flags.query_memory_max.bytes});
  const api::CardinalityHandler cardinality(metadata_options);
  const api::StatusHandler status({.flags = config::FlagValues(command)});

  http::Router router({.route_prefix = flags.route_prefix,
                       .external_prefix = flags.external_prefix,
                       .prefix_header = flags.prefix_header,
                       .cors = !flags.disable_cors});
  process::AddStandardRoutes(&router, process.probe(), process.registry());
  api::AddApiRoutes(&router, {&query, &metadata, &status, &side, &cardinality, &active, [&stores] { return StoresAnswer(stores); }});
  AddPageRoutes(&router);

  process.AddPart("stores", [&](const Context& ctx) { return FollowStores(ctx, discovery.get(), &stores, process.probe()); });
  RETURN_IF_ERROR(process.ServeHttp(flags.http, &router));
  RETURN_IF_ERROR(process.ServeGrpc(flags.grpc, &grpc));
  return process.Run();
}

}  // namespace

void AddQueryCommand(config::Command* root, process::CommandRuns* runs) {
  config::Command* command =
      root->AddCommand("query", "One PromQL API over the data of many endpoints.");
  auto flags = std::make_shared<QueryFlags>();
  flags->Register(command);
  (*runs)[command] = [flags](const config::Command& parsed) { return RunQuery(*flags, parsed); };
}

}  // namespace epi::hub
