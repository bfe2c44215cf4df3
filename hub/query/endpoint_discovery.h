// Finds the endpoints to ask and keeps the endpoint set up to date:
//
//   flags, --endpoint.sd-config, --store.sd-files  ─rules─►  DNS  ─addresses─►  StoreSet
//
// Files are read again when they change (inotify) and at their intervals, names are looked up at the DNS interval.
//
// Contract: what cannot be read or looked up stays as it was, and is logged. An endpoint that a file no longer lists is
//           forgotten at once; one that DNS no longer names stays, as lost, for --store.unhealthy-timeout.
// Threads:  Update() and Run() one at a time; MakeChannel() from any thread.
// Owns:     a share of the channels of groups.
// Errors:   Make(): bad addresses, bad configuration.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/config/path_or_content.h"
#include "common/log/logger.h"
#include "common/metrics/registry.h"
#include "common/rpc/channel.h"
#include "common/rpc/channel_group.h"
#include "common/runtime/address_discovery.h"
#include "common/runtime/file_watch.h"
#include "common/storeapi/store_set.h"
#include "hub/query/endpoint_rules.h"

namespace epi::hub {

struct EndpointDiscoveryOptions {
  std::vector<EndpointRule> rules;
  config::PathOrContent sd_config;
  std::chrono::milliseconds sd_config_interval{std::chrono::minutes(5)};
  std::vector<std::string> sd_files;
  std::chrono::milliseconds sd_files_interval{std::chrono::minutes(5)};
  runtime::DnsOptions dns;
  std::chrono::milliseconds dns_interval{std::chrono::seconds(30)};
  // How to dial what says nothing of its own.
  process::GrpcClientFlags client;
  rpc::CallMetrics* call_metrics = nullptr;
  metrics::Registry* registry = nullptr;
  log::Logger logger = log::Logger::Discard();
};

class EndpointDiscovery {
 public:
  // The loop outlives the discovery and its channels.
  static Result<std::unique_ptr<EndpointDiscovery>> Make(runtime::Loop* loop, EndpointDiscoveryOptions options);

  // For StoreSetOptions::make_channel.
  Result<std::shared_ptr<rpc::Channel>> MakeChannel(const storeapi::EndpointSpec& spec) LOCKS_EXCLUDED(mutex_);

  // Reads, looks up, and tells the set.
  void Update(const Context& ctx, storeapi::StoreSet* stores) LOCKS_EXCLUDED(mutex_);
  // Updates until the context ends.
  Status Run(const Context& ctx, storeapi::StoreSet* stores);

 private:
  EndpointDiscovery(runtime::Loop* loop, EndpointDiscoveryOptions options);
  void ReadConfig() LOCKS_EXCLUDED(mutex_);
  void ReadTargetFiles();
  Status LearnClients(const EndpointRules& rules) LOCKS_EXCLUDED(mutex_);
  // The rules in force, flags first.
  std::vector<EndpointRule> Rules() const;
  std::vector<storeapi::EndpointSpec> Lookup(const Context& ctx, const std::vector<EndpointRule>& rules) LOCKS_EXCLUDED(mutex_);
  void UpdateGroups(const Context& ctx, const std::vector<EndpointRule>& rules, std::vector<storeapi::EndpointSpec>* specs)
      LOCKS_EXCLUDED(mutex_);
  Result<std::shared_ptr<rpc::ChannelGroup>> Group(const storeapi::EndpointSpec& spec) LOCKS_EXCLUDED(mutex_);
  std::vector<std::string> WatchedPaths() const;
  std::chrono::milliseconds Pause() const;

  runtime::Loop* const loop_;
  const EndpointDiscoveryOptions options_;
  runtime::AddressDiscovery addresses_;
  runtime::AddressDiscovery group_addresses_;
  EndpointRules config_;
  std::string config_error_;
  // Path → what it lists; a file that cannot be read keeps what it listed.
  std::map<std::string, std::vector<EndpointRule>> targets_;
  std::map<std::string, std::string> target_errors_;

  Mutex mutex_;
  // By EndpointRule::client.
  std::map<std::string, rpc::ChannelOptions> clients_ GUARDED_BY(mutex_);
  // By client and address.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<rpc::ChannelGroup>> groups_ GUARDED_BY(mutex_);
};

}  // namespace epi::hub
