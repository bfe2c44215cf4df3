#include "common/metrics/process_collector.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <vector>

#include "common/base/file.h"

namespace epi::metrics {
namespace {

constexpr uint64_t kProcFileBytesMax = 1 << 20;

std::string ReadProc(const char* path) { return ReadFile(path, kProcFileBytesMax).ValueOr(std::string()); }

std::vector<std::string_view> Fields(std::string_view text) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t start = text.find_first_not_of(" \t\n");
    if (start == std::string_view::npos) return fields;
    text.remove_prefix(start);
    const size_t end = std::min(text.find_first_of(" \t\n"), text.size());
    fields.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

double ToNumber(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Number after `key` in a "key: value" file; nullopt when there is none.
std::optional<double> ValueOf(std::string_view text, std::string_view key) {
  const size_t found = text.find(key);
  if (found == std::string_view::npos) return std::nullopt;
  const std::vector<std::string_view> fields = Fields(text.substr(found + key.size(), 64));
  return fields.empty() ? std::nullopt : std::optional<double>(ToNumber(fields[0]));
}

void PutGauge(Exposition* out, std::string name, std::string help, double value) {
  out->Gauge({std::move(name), std::move(help), MetricType::kGauge}, {}, value);
}

void PutCounter(Exposition* out, std::string name, std::string help, double value) {
  out->Counter({std::move(name), std::move(help), MetricType::kCounter}, {}, value);
}

// Fields of /proc/self/stat after the command name, which may hold anything; index 0 is the state.
std::vector<std::string_view> StatFields(std::string_view stat) {
  const size_t end_of_name = stat.rfind(')');
  return end_of_name == std::string_view::npos ? std::vector<std::string_view>() : Fields(stat.substr(end_of_name + 1));
}

void CollectStat(Exposition* out) {
  const std::string stat = ReadProc("/proc/self/stat");
  const std::vector<std::string_view> fields = StatFields(stat);
  // Numbers as in proc(5), less the three that come before.
  constexpr size_t kUserTicks = 11, kSystemTicks = 12, kThreads = 17, kStartTicks = 19, kVirtualBytes = 20, kResidentPages = 21;
  if (fields.size() <= kResidentPages) return;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  PutCounter(out, "process_cpu_seconds_total", "User and system CPU time in seconds.",
             (ToNumber(fields[kUserTicks]) + ToNumber(fields[kSystemTicks])) / ticks);
  PutGauge(out, "process_virtual_memory_bytes", "Virtual memory in bytes.", ToNumber(fields[kVirtualBytes]));
  PutGauge(out, "process_resident_memory_bytes", "Resident memory in bytes.",
           ToNumber(fields[kResidentPages]) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  const double threads = ToNumber(fields[kThreads]);
  PutGauge(out, "go_goroutines", "Number of threads; dashboards made for Go programs read this name.", threads);
  PutGauge(out, "go_threads", "Number of threads.", threads);
  const std::string system = ReadProc("/proc/stat");
  if (const auto boot_seconds = ValueOf(system, "btime "); boot_seconds.has_value()) {
    PutGauge(out, "process_start_time_seconds", "When the process started, in Unix seconds.",
             *boot_seconds + ToNumber(fields[kStartTicks]) / ticks);
  }
}

void CollectMemory(Exposition* out) {
  const std::string status = ReadProc("/proc/self/status");
  if (const auto anonymous_kib = ValueOf(status, "RssAnon:"); anonymous_kib.has_value()) {
    PutGauge(out, "go_memstats_alloc_bytes", "Anonymous resident memory in bytes; dashboards made for Go programs read this name.",
             *anonymous_kib * 1024);
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0) return;
  PutGauge(out, "process_virtual_memory_max_bytes", "Virtual memory the process may have, in bytes.",
           static_cast<double>(limit.rlim_cur));
}

void CollectDescriptors(Exposition* out) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    PutGauge(out, "process_max_fds", "File descriptors the process may open.", static_cast<double>(limit.rlim_cur));
  }
  DIR* const directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return;
  int count = 0;
  while (::readdir(directory) != nullptr) ++count;
  ::closedir(directory);
  // Not ".", ".." and the directory itself.
  PutGauge(out, "process_open_fds", "File descriptors that are open.", count - 3);
}

void CollectNetwork(Exposition* out) {
  const std::string netstat = ReadProc("/proc/self/net/netstat");
  const size_t names = netstat.find("IpExt:");
  const size_t values = netstat.find("IpExt:", names + 1);
  if (names == std::string::npos || values == std::string::npos) return;
  const std::vector<std::string_view> keys = Fields(std::string_view(netstat).substr(names, values - names));
  const std::vector<std::string_view> numbers = Fields(std::string_view(netstat).substr(values));
  for (size_t i = 0; i < keys.size() && i < numbers.size(); ++i) {
    if (keys[i] == "InOctets") {
      PutCounter(out, "process_network_receive_bytes_total", "Bytes received over the network.",
                 ToNumber(numbers[i]));
    } else if (keys[i] == "OutOctets") {
      PutCounter(out, "process_network_transmit_bytes_total", "Bytes sent over the network.",
                 ToNumber(numbers[i]));
    }
  }
}

}  // namespace

std::unique_ptr<Registry::Registration> AddProcessCollector(Registry* registry) {
  return registry->AddCollector([](Exposition* out) {
    CollectStat(out);
    CollectMemory(out);
    CollectDescriptors(out);
    CollectNetwork(out);
  });
}

void AddBuildInfo(Registry* registry, const BuildInfo& build) {
  registry
      ->AddGaugeFamily("thanos_build_info",
                       "Always 1; its labels say what was built, and by which compiler.",
                       {"branch", "goversion", "revision", "version"})
      ->With({build.branch, "gcc " __VERSION__, build.revision, build.version})
      ->Set(1);
}

}  // namespace epi::metrics
