// Flags of the sidecar, under Thanos' names.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/duration.h"
#include "common/config/flags.h"
#include "common/config/log_flags.h"
#include "common/config/path_or_content.h"
#include "common/process/server_flags.h"

namespace epi::agent {

struct SidecarFlags {
  config::LogFlags log;
  process::HttpServerFlags http;
  process::GrpcServerFlags grpc;

  std::string prometheus_url = "http://localhost:9090";
  std::chrono::milliseconds ready_timeout{std::chrono::minutes(10)};
  std::chrono::milliseconds get_config_interval{std::chrono::seconds(30)};
  std::chrono::milliseconds get_config_timeout{std::chrono::seconds(30)};
  config::PathOrContent http_client;

  TimeOrOffset min_time = TimeOrOffset::At(-62167219200000);  // 0000-01-01T00:00:00Z
  uint64_t request_series_max = 0;
  uint64_t request_samples_max = 0;

  std::string reloader_config_file;
  std::string reloader_output_file;
  std::vector<std::string> reloader_rule_dirs;
  std::chrono::milliseconds reloader_watch_interval{std::chrono::minutes(3)};
  std::chrono::milliseconds reloader_retry_interval{std::chrono::seconds(5)};
  std::string reloader_method = "http";
  std::string reloader_process_name = "prometheus";

  void Register(config::Command* command);
};

}  // namespace epi::agent
