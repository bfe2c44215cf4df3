// What every program runs on: event loop, metrics, logger, probe, and the group of parts that start and stop together.
//
//   int main(int argc, char** argv) {
//     return process::Main(argc, argv, "epimetheus-agent", "…", [](config::Command* root) { AddSidecar(root); … });
//   }
//
// A command's Run gets a Process and adds its parts to the group; Serve* add the two ports.
//
// Threads: set up on the main thread.
// Owns:    everything it hands out; parts stop in reverse order of being added.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/memory_account.h"
#include "common/config/flags.h"
#include "common/http/router.h"
#include "common/http/server.h"
#include "common/http/web_config.h"
#include "common/log/logger.h"
#include "common/metrics/registry.h"
#include "common/process/probe.h"
#include "common/process/server_flags.h"
#include "common/rpc/health.h"
#include "common/rpc/reflection.h"
#include "common/rpc/server.h"
#include "common/runtime/loop.h"
#include "common/runtime/run_group.h"

namespace epi::process {

class Process {
 public:
  Process(std::string component, log::Logger logger);
  ~Process();

  runtime::Loop* loop() { return loop_.get(); }
  metrics::Registry* registry() { return &registry_; }
  const log::Logger& logger() const { return logger_; }
  Probe* probe() { return &probe_; }
  // 70 % of what the machine or cgroup has.
  MemoryAccount* memory() { return &memory_; }
  // Ends when the process is asked to stop.
  const Context& stopping() const { return stopping_; }

  // A part that runs until the process stops.
  void AddPart(std::string name, std::function<Status(const Context& ctx)> run);
  // The HTTP port: starts now, so that a port in use is an error here. The router outlives the process. Users of
  // --http.config are read again on SIGHUP.
  Status ServeHttp(const HttpServerFlags& flags, const http::Router* router);
  // The gRPC port, with the health and reflection services besides what the caller registered. Starts now.
  Status ServeGrpc(const GrpcServerFlags& flags, rpc::Server* server);

  // Runs until a signal or until a part fails. With --help-metrics, prints instead.
  Status Run();

 private:
  // A part that only has to be shut down, within its grace period.
  void AddServer(std::string name, std::chrono::milliseconds grace, std::function<void()> shutdown);
  void ReloadWebSecurity();

  const log::Logger logger_;
  metrics::Registry registry_;
  MemoryAccount memory_;
  Probe probe_;
  const Context stopping_;
  std::unique_ptr<metrics::Registry::Registration> process_metrics_;
  std::unique_ptr<runtime::Loop> loop_;
  // Outlives the server that uses it.
  std::unique_ptr<http::WebSecurity> web_;
  std::unique_ptr<http::Server> http_server_;
  bool print_metrics_ = false;
  rpc::Health health_;
  rpc::Reflection reflection_;
  runtime::RunGroup group_;
};

// Bytes that this process may use: the cgroup's limit, or the machine's memory.
uint64_t AvailableMemoryBytes();


// Parses the command line, prints help and versions, runs the command. Exit codes as Thanos': 0, 1 for failures and unknown
// flags, 2 for bad values. `add_commands` adds commands below the root and maps each to what it runs.
using CommandRuns = std::map<const config::Command*, std::function<Status(const config::Command& command)>>;
int Main(int argc, char** argv, std::string program, std::string help,
         const std::function<void(config::Command* root, CommandRuns* runs)>& add_commands);

}  // namespace epi::process
