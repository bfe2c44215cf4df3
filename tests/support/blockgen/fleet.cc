#include "tests/support/blockgen/fleet.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/base/str_cat.h"

namespace epi::blockgen {
namespace {

constexpr std::array<std::string_view, kBucketsPerHistogram> kBounds = {"0.005", "0.01", "0.025", "0.05", "0.1",
                                                                       "0.25",  "0.5",  "1",     "2.5",  "+Inf"};
constexpr std::array<std::string_view, 4> kGaugeNames = {"working_set", "rss", "cache", "swap"};
constexpr std::array<std::string_view, 3> kContainers = {"app", "proxy", "sidecar"};
constexpr std::array<std::string_view, 3> kCodes = {"200", "404", "500"};
constexpr std::array<std::string_view, 2> kMethods = {"GET", "POST"};
constexpr uint32_t kNamespaces = 20;
constexpr uint32_t kNodes = 100;

// Digits of `number`, at least `width`.
std::string Padded(uint32_t number, size_t width) {
  std::string digits = StrCat(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

// The five letters that a pod's name ends in.
std::string PodSuffix(uint32_t target) {
  uint32_t hash = target * 2654435761U;
  std::string suffix;
  for (int i = 0; i < 5; ++i, hash /= 24) suffix.push_back(static_cast<char>('a' + hash % 24));
  return suffix;
}

class Fleet {
 public:
  explicit Fleet(const FleetOptions& options) : options_(options) {}

  std::vector<SeriesSpec> Make() {
    for (uint32_t target = 0; target < options_.shape.targets; ++target) AddTarget(target);
    std::sort(series_.begin(), series_.end(), [](const auto& a, const auto& b) { return a.labels < b.labels; });
    return std::move(series_);
  }

 private:
  void AddTarget(uint32_t target) {
    target_ = target;
    BuildCommon();
    for (uint32_t i = 0; i < options_.shape.counters; ++i) AddCounter(i);
    for (uint32_t i = 0; i < options_.shape.gauges; ++i) AddGauge(i);
    for (uint32_t i = 0; i < options_.shape.histograms; ++i) AddHistogram(i);
    AddInfo();
    if (options_.native) Add(SeriesKind::kNative, 0, 0, "rpc_duration_seconds", common_);
  }

  void BuildCommon() {
    labels::LabelsBuilder builder;
    builder.Set("cluster", options_.cluster)
        .Set("instance", StrCat("10.", target_ / 65'536, ".", target_ / 256 % 256, ".", target_ % 256, ":8080"))
        .Set("job", "web")
        .Set("namespace", StrCat("team-", Padded(target_ % kNamespaces, 2)))
        .Set("node", StrCat("node-", Padded(target_ % kNodes, 3)))
        .Set("pod", StrCat("web-", Padded(target_, 5), "-", PodSuffix(target_)));
    common_ = builder.Build();
  }

  void AddCounter(uint32_t number) {
    labels::LabelsBuilder builder(common_);
    builder.Set("code", kCodes[number % kCodes.size()]);
    builder.Set("method", kMethods[number / kCodes.size() % kMethods.size()]);
    builder.Set("handler", StrCat("/api/v1/resource-", number / (kCodes.size() * kMethods.size())));
    Add(SeriesKind::kCounter, number, 0, "http_requests_total", builder.Build());
  }

  void AddGauge(uint32_t number) {
    labels::LabelsBuilder builder(common_);
    builder.Set("container", kContainers[number % kContainers.size()]);
    const size_t name = number / kContainers.size();
    builder.Set("service", StrCat("web-", name / kGaugeNames.size()));
    Add(SeriesKind::kGauge, number, 0, StrCat("container_memory_", kGaugeNames[name % kGaugeNames.size()], "_bytes"), builder.Build());
  }

  void AddHistogram(uint32_t number) {
    labels::LabelsBuilder builder(common_);
    builder.Set("handler", StrCat("/api/v1/resource-", number));
    for (uint32_t bucket = 0; bucket < kBucketsPerHistogram; ++bucket) {
      builder.Set("le", kBounds[bucket]);
      Add(SeriesKind::kBucket, number, bucket, "http_request_duration_seconds_bucket", builder.Build());
    }
  }

  void AddInfo() {
    labels::LabelsBuilder builder(common_);
    builder.Set("host_ip", StrCat("192.168.0.", target_ % kNodes));
    builder.Set("uid", StrCat("7d0c2f9e-", Padded(target_, 8), "-", PodSuffix(target_)));
    Add(SeriesKind::kInfo, 0, 0, "kube_pod_info", builder.Build());
  }

  void Add(SeriesKind kind, uint32_t number, uint32_t bucket, std::string_view name, const labels::Labels& rest) {
    labels::LabelsBuilder builder(rest);
    builder.Set(labels::kMetricName, name);
    const bool labelled = !options_.replica_label.empty();
    for (uint32_t replica = 0; replica < (labelled ? options_.replicas : 1); ++replica) {
      if (labelled) builder.Set(options_.replica_label, ReplicaName(replica));
      series_.push_back({builder.Build(), kind, target_, number, bucket, replica});
    }
  }

  const FleetOptions& options_;
  uint32_t target_ = 0;
  labels::Labels common_;  // Of all series of the target.
  std::vector<SeriesSpec> series_;
};

}  // namespace

Result<Shape> Shape::Named(std::string_view name) {
  if (name == "mix") return Shape{.targets = 2000, .counters = 30, .gauges = 9, .histograms = 1};
  if (name == "store") return Shape{.targets = 500, .counters = 50, .gauges = 10, .histograms = 2};
  return InvalidArgumentError(StrCat("no shape is called \"", name, "\": mix or store"));
}

Shape Shape::Scaled(double scale) const {
  Shape scaled = *this;
  scaled.targets = static_cast<uint32_t>(std::max(1.0, std::round(scale * targets)));
  return scaled;
}

std::string ReplicaName(uint32_t replica) {
  return replica < 26 ? std::string(1, static_cast<char>('a' + replica)) : StrCat("r", replica);
}

std::vector<SeriesSpec> MakeFleet(const FleetOptions& options) { return Fleet(options).Make(); }

}  // namespace epi::blockgen
