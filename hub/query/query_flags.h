// Flags of the querier, under Thanos' names.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/config/flags.h"
#include "common/config/log_flags.h"
#include "common/config/path_or_content.h"
#include "common/process/server_flags.h"
#include "common/promql/options.h"
#include "hub/query/endpoint_rules.h"

namespace epi::hub {

struct QueryFlags {
  config::LogFlags log;
  process::HttpServerFlags http;
  process::GrpcServerFlags grpc;
  process::GrpcClientFlags grpc_client;

  std::vector<std::string> endpoints;
  std::vector<std::string> strict_endpoints;
  std::vector<std::string> endpoint_groups;
  std::vector<std::string> strict_endpoint_groups;
  config::PathOrContent sd_config;
  std::chrono::milliseconds sd_config_interval{std::chrono::minutes(5)};
  std::vector<std::string> sd_files;
  std::chrono::milliseconds sd_files_interval{std::chrono::minutes(5)};
  std::chrono::milliseconds sd_dns_interval{std::chrono::seconds(30)};
  std::string sd_dns_servers;
  std::chrono::milliseconds unhealthy_timeout{std::chrono::minutes(5)};
  std::chrono::milliseconds info_timeout{std::chrono::seconds(5)};
  std::chrono::milliseconds response_timeout{std::chrono::minutes(1)};

  std::vector<std::string> replica_labels;
  bool partial_response = true;
  bool auto_downsampling = false;
  std::chrono::milliseconds instant_max_source_resolution{0};
  std::chrono::milliseconds timeout{std::chrono::minutes(2)};
  uint64_t max_concurrent = 20;
  std::chrono::milliseconds lookback_delta{std::chrono::minutes(5)};
  bool dynamic_lookback_delta = true;
  std::chrono::milliseconds default_evaluation_interval{std::chrono::minutes(1)};
  std::chrono::milliseconds default_step{0};
  std::chrono::milliseconds metadata_default_range{0};
  int64_t samples_max = 50'000'000;
  ByteSize query_memory_max{256ULL << 20};
  std::chrono::milliseconds slow_query{std::chrono::seconds(10)};
  std::string promql_engine = "prometheus";
  std::string mode = "local";
  std::string deduplication = "penalty";
  std::vector<std::string> enabled_features;
  uint64_t request_series_max = 0;
  uint64_t request_samples_max = 0;

  std::string route_prefix;
  std::string external_prefix;
  std::string prefix_header;
  bool disable_cors = false;

  void Register(config::Command* command);
  // What the flags name, as they name it. InvalidArgument naming the flag for an address that is none.
  Result<std::vector<EndpointRule>> EndpointRules() const;
  Result<promql::Features> Features() const;
};

}  // namespace epi::hub
