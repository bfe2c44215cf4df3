#include "common/process/process.h"

#include <cstdio>

#include "common/base/build_info.h"
#include "common/base/str_cat.h"
#include "common/config/log_flags.h"
#include "common/metrics/process_collector.h"
#include "common/process/metric_table.h"
#include "common/runtime/cancellable_wait.h"
#include "common/runtime/signals.h"
#include "proto/descriptors.h"

namespace epi::process {
namespace {

constexpr double kMemoryShare = 0.7;
// What a server may take beyond its grace period before the process gives up on it.
constexpr std::chrono::seconds kShutdownMargin{10};

// Where the servers listen that only exist for their metrics.
constexpr const char* kAnyLoopbackPort = "127.0.0.1:0";

// Kingpin's exit codes: 1 for anything wrong with the line, as Thanos has it.
constexpr int kExitFailure = 1;

}  // namespace

Process::Process(std::string component, log::Logger logger)
    : logger_(std::move(logger)),
      memory_("process", static_cast<uint64_t>(kMemoryShare * static_cast<double>(AvailableMemoryBytes()))),
      probe_(std::move(component), &registry_),
      stopping_(Context::Background().WithCancel()),
      process_metrics_(metrics::AddProcessCollector(&registry_)),
      loop_(std::make_unique<runtime::Loop>()) {
  const BuildInfo& build = GetBuildInfo();
  metrics::AddBuildInfo(&registry_, {std::string(build.version), std::string(build.revision), std::string(build.branch)});
}

Process::~Process() { http_server_.reset(); }

void Process::AddPart(std::string name, std::function<Status(const Context& ctx)> run) {
  const Context ctx = stopping_.WithCancel();
  group_.Add({.name = std::move(name),
              .run = [ctx, run = std::move(run)] { return run(ctx); },
              .interrupt = [ctx] { ctx.Cancel("process is stopping"); }});
}

void Process::AddServer(std::string name, std::chrono::milliseconds grace, std::function<void()> shutdown) {
  const Context ctx = stopping_.WithCancel();
  group_.Add({.name = std::move(name),
              .run =
                  [ctx] {
                    runtime::CancellableWait(ctx, std::chrono::hours(24 * 365));
                    return OkStatus();
                  },
              .interrupt =
                  [ctx, shutdown = std::move(shutdown)] {
                    shutdown();
                    ctx.Cancel("server stopped");
                  },
              .grace = grace + kShutdownMargin});
}

Status Process::ServeHttp(const HttpServerFlags& flags, const http::Router* router) {
  print_metrics_ = flags.print_metrics;
  web_ = TRY(http::WebSecurity::Load(flags.config_path));
  http::ServerOptions options;
  options.address = print_metrics_ ? kAnyLoopbackPort : flags.address;
  options.registry = &registry_;
  options.logger = logger_;
  options.memory = &memory_;
  web_->Apply(&options);
  http_server_ = TRY(http::Server::Start(loop_.get(), std::move(options), router).WithContext("--http-address"));
  logger_.Info("listening for requests and metrics", {{"service", "http/server"}, {"address", http_server_->address()}});
  AddServer("http", flags.grace_period, [this, grace = flags.grace_period] { http_server_->Shutdown(grace); });
  return OkStatus();
}

Status Process::ServeGrpc(const GrpcServerFlags& flags, rpc::Server* server) {
  health_.Register(server);
  health_.Set("", rpc::HealthStatus::kServing);
  // Last, so that it lists every service.
  RETURN_IF_ERROR(reflection_.AddFiles(proto::FileDescriptorSet()));
  reflection_.Register(server);
  // A TRY inside braces would leak what the braces have built when it returns early.
  http::ListenOptions options;
  options.address = print_metrics_ ? kAnyLoopbackPort : flags.address;
  options.tls = TRY(flags.MakeTls());
  RETURN_IF_ERROR(server->Listen(std::move(options)).WithContext("--grpc-address"));
  logger_.Info("listening for serving gRPC", {{"service", "gRPC/server"}, {"port", server->port()}});
  AddServer("grpc", flags.grace_period, [server, grace = flags.grace_period] { server->Shutdown(grace); });
  return OkStatus();
}

void Process::ReloadWebSecurity() {
  if (web_ == nullptr) return;
  const Status status = web_->Reload();
  if (!status.ok()) logger_.Error("users stay as they were: --http.config cannot be read again", {{"err", status}});
}

Status Process::Run() {
  if (print_metrics_) {
    std::fputs(MetricTableMarkdown(probe_.component(), registry_.List()).c_str(), stdout);
    return OkStatus();
  }
  runtime::Signals signals([this] { ReloadWebSecurity(); });
  group_.Add({.name = "signals",
              .run =
                  [&] {
                    RETURN_IF_ERROR(signals.Run());
                    logger_.Info("caught signal. Exiting.", {{"signal", signals.received()}});
                    probe_.SetNotReady("stopping");
                    return OkStatus();
                  },
              .interrupt = [&] { signals.Interrupt(); }});
  const Status status = group_.Run();
  stopping_.Cancel("process is stopping");
  logger_.Info("exiting");
  return status;
}

int Main(int argc, char** argv, std::string program, std::string help,
         const std::function<void(config::Command* root, CommandRuns* runs)>& add_commands) {
  runtime::BlockSignals();
  config::Command root(program, std::move(help));
  CommandRuns runs;
  add_commands(&root, &runs);
  const std::vector<std::string> args(argv + 1, argv + argc);
  const auto parsed = config::ParseCommandLine(&root, args, VersionText(program));
  if (!parsed.ok()) {
    std::fprintf(stderr, "%s: error: %s\n", program.c_str(), std::string(parsed.status().message()).c_str());
    return kExitFailure;
  }
  if (parsed->print.has_value()) {
    std::fputs(parsed->print->c_str(), stdout);
    return 0;
  }
  for (const std::string& warning : parsed->warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  const auto run = runs.find(parsed->command);
  if (run == runs.end()) {
    std::fprintf(stderr, "%s: error: expected a command, try --help\n", program.c_str());
    return kExitFailure;
  }
  const Status status = run->second(*parsed->command);
  if (status.ok()) return 0;
  // A command that has said itself what is wrong returns an error without text.
  if (status.message().empty()) return kExitFailure;
  std::fprintf(stderr, "%s: error: %s\n", program.c_str(), std::string(status.message()).c_str());
  return kExitFailure;
}

}  // namespace epi::process
