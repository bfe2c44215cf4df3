#include "common/metrics/process_collector.h"

#include <cstdio>
#include <cstdlib>

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace epi::metrics {
namespace {

TEST_CASE("the process tells its CPU, memory, descriptors and build") {
  Registry registry;
  const auto process = AddProcessCollector(&registry);
  AddBuildInfo(&registry, {"1.2.3", "abc", "main"});
  const std::string text = registry.Expose(ExpositionFormat::kText);
  for (const char* name : {"process_cpu_seconds_total ", "process_resident_memory_bytes ", "process_virtual_memory_bytes ",
                           "process_open_fds ", "process_max_fds ", "process_start_time_seconds ", "go_goroutines "}) {
    INFO(name);
    CHECK(text.find(StrCat("\n", name)) != std::string::npos);
  }
  CHECK(text.find("thanos_build_info{branch=\"main\",goversion=\"gcc ") != std::string::npos);
}

TEST_CASE("promtool finds nothing to complain about") {
  if (std::system("command -v promtool >/dev/null") != 0) {
    WARN("skipped: promtool is not installed");
    return;
  }
  Registry registry;
  const auto process = AddProcessCollector(&registry);
  registry.AddCounterFamily("http_requests_total", "Requests.", {"code"})->With({"2\"0\n0\\"})->Inc();
  registry.AddHistogram("request_duration_seconds", "Durations.")->Observe(0.2);
  registry.AddGauge("queue_bytes", "Bytes.")->Set(-1e9);
  const TempDir dir;
  const std::string path = dir.path() + "/metrics.txt";
  REQUIRE(WriteFileAtomically(path, registry.Expose(ExpositionFormat::kText)).ok());
  const std::string out = dir.path() + "/out.txt";
  const int code = std::system(StrCat("promtool check metrics <", path, " >", out, " 2>&1").c_str());
  INFO(*ReadFile(out));
  CHECK(code == 0);
}

}  // namespace
}  // namespace epi::metrics
