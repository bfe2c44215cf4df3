#include "agent/sidecar/sidecar_command.h"

#include <memory>
#include <utility>

#include "agent/sidecar/prometheus_client.h"
#include "agent/sidecar/prometheus_monitor.h"
#include "agent/sidecar/prometheus_side.h"
#include "agent/sidecar/prometheus_store.h"
#include "agent/sidecar/reloader.h"
#include "agent/sidecar/sidecar_flags.h"
#include "agent/sidecar/signal_reload.h"
#include "common/base/clock.h"
#include "common/config/yaml.h"
#include "common/process/standard_routes.h"
#include "common/storeapi/side_server.h"
#include "common/storeapi/store_server.h"

namespace epi::agent {
namespace {

Result<http::ClientOptions> PrometheusClientOptions(const SidecarFlags& flags) {
  http::ClientOptions options;
  // Prometheus stands beside us.
  options.accept_gzip = false;
  const std::string yaml = TRY(flags.http_client.Read());
  RETURN_IF_ERROR(config::DecodeYaml(TRY(config::YamlNode::Parse(yaml, "--prometheus.http-client")), &options.config));
  return options;
}

ReloaderOptions MakeReloaderOptions(const SidecarFlags& flags, const PrometheusClient* client) {
  ReloaderOptions options;
  options.config.path = flags.reloader_config_file;
  options.config.output_path = flags.reloader_output_file;
  options.config.check = [path = flags.reloader_config_file](std::string_view yaml) {
    return config::YamlNode::Parse(yaml, path).status();
  };
  options.rule_dirs = flags.reloader_rule_dirs;
  options.watch_interval = flags.reloader_watch_interval;
  options.retry_interval = flags.reloader_retry_interval;
  options.trigger = [client, timeout = flags.get_config_timeout](const Context& ctx) {
    return client->Reload(ctx.WithTimeout(timeout));
  };
  if (flags.reloader_method == "signal") {
    options.trigger = [name = flags.reloader_process_name](const Context&) { return SendReloadSignal(name); };
  }
  return options;
}

// Readiness follows Prometheus: a sidecar whose Prometheus is down has nothing to serve.
void FollowPrometheus(const Context& ctx, PrometheusMonitor* monitor, process::Probe* probe) {
  while (!ctx.Done()) {
    const auto state = monitor->Snapshot();
    if (state->up) {
      probe->SetReady();
    } else {
      probe->SetNotReady(state->why_down);
    }
    monitor->WatchOnce(ctx);
  }
}

Status RunSidecar(const SidecarFlags& flags) {
  const log::Logger logger = flags.log.MakeLogger().With({{"component", "sidecar"}});
  process::Process process("sidecar", logger);
  const PrometheusClient client(flags.prometheus_url, TRY(PrometheusClientOptions(flags)));
  PrometheusMonitor monitor(&client,
                            {.ready_timeout = flags.ready_timeout,
                             .interval = flags.get_config_interval,
                             .request_timeout = flags.get_config_timeout,
                             .mint_ms = flags.min_time.Resolve(Clock::System().NowMs())},
                            logger, process.registry());
  PrometheusStore store(&client, &monitor);
  storeapi::StoreServer store_server(
      &store, {.limits = {.series_max = flags.request_series_max, .samples_max = flags.request_samples_max},
               .memory = process.memory()});
  rpc::Server grpc(process.loop(), {.registry = process.registry()});
  store_server.Register(&grpc);
  const PrometheusSide side(&client, &monitor);
  storeapi::RegisterSideApis(&side, &grpc);
  http::Router router(http::RouterOptions{});
  process::AddStandardRoutes(&router, process.probe(), process.registry());
  const ReloaderOptions reloader_options = MakeReloaderOptions(flags, &client);
  Reloader reloader(reloader_options, logger, process.registry());

  process.AddPart("prometheus", [&](const Context& ctx) {
    RETURN_IF_ERROR(monitor.WaitUntilKnown(ctx));
    FollowPrometheus(ctx, &monitor, process.probe());
    return OkStatus();
  });
  if (Reloader::Wanted(reloader_options)) {
    process.AddPart("reloader", [&](const Context& ctx) { return reloader.Run(ctx); });
  }
  RETURN_IF_ERROR(process.ServeHttp(flags.http, &router));
  RETURN_IF_ERROR(process.ServeGrpc(flags.grpc, &grpc));
  return process.Run();
}

}  // namespace

void AddSidecarCommand(config::Command* root, process::CommandRuns* runs) {
  config::Command* command = root->AddCommand("sidecar", "Runs beside one Prometheus server and serves its data over gRPC.");
  auto flags = std::make_shared<SidecarFlags>();
  flags->Register(command);
  (*runs)[command] = [flags](const config::Command&) { return RunSidecar(*flags); };
}

}  // namespace epi::agent
