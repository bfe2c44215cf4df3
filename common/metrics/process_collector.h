// Metrics of the process itself, and of its build.
#pragma once

#include <memory>
#include <string>

#include "common/metrics/registry.h"

namespace epi::metrics {

// process_* (CPU, memory, descriptors, start time, network bytes) as client_golang names them, and the go_* names that
// Thanos' dashboards read and that mean something here: go_goroutines and go_threads are threads, go_memstats_alloc_bytes
// is anonymous resident memory. Reads /proc at scrape time; what cannot be read is left out.
[[nodiscard]] std::unique_ptr<Registry::Registration> AddProcessCollector(Registry* registry);

struct BuildInfo {
  std::string version;
  std::string revision;
  std::string branch;
};

// thanos_build_info 1, with Thanos' label names; the compiler stands in for goversion.
void AddBuildInfo(Registry* registry, const BuildInfo& build);

}  // namespace epi::metrics
