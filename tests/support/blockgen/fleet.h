// The fleet that artificial blocks describe: scraped targets (pods), and the series that each of them exposes.
//
//   http_requests_total{cluster,code,handler,instance,job,method,namespace,node,pod}               counters
//   container_memory_{working_set,rss,cache,swap}_bytes{cluster,container,instance,job,…,service}  gauges, 3 containers each
//   http_request_duration_seconds_bucket{cluster,handler,instance,job,le,namespace,node,pod}       10 buckets a histogram
//   kube_pod_info{cluster,host_ip,instance,job,namespace,node,pod,uid}                             one a target
//   rpc_duration_seconds{cluster,instance,job,namespace,node,pod}                                  native histogram, one a target
//
// Contract: a pure function of its options.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"

namespace epi::blockgen {

// Series per target, and targets.
struct Shape {
  uint32_t targets = 0;
  uint32_t counters = 0;
  uint32_t gauges = 0;
  uint32_t histograms = 0;

  // "mix": 60k counters, 18k gauges, 20k buckets, 2k info. "store": 25k counters, 5k gauges, 10k buckets, 0.5k info.
  static Result<Shape> Named(std::string_view name);
  // As many targets as `scale` says, one at least; the series of a target stay.
  Shape Scaled(double scale) const;
};

struct FleetOptions {
  Shape shape;
  bool native = false;  // Native histograms, too.
  std::string cluster = "eu-1";
  // With a label name, all series are there once per replica: a, b, ….
  uint32_t replicas = 1;
  std::string replica_label;
};

enum class SeriesKind : uint8_t { kCounter, kGauge, kBucket, kInfo, kNative };

struct SeriesSpec {
  labels::Labels labels;
  SeriesKind kind = SeriesKind::kInfo;
  uint32_t target = 0;
  uint32_t number = 0;   // Of its kind within the target; of a bucket: of its histogram.
  uint32_t bucket = 0;   // Within the histogram, from the lowest bound.
  uint32_t replica = 0;
};

inline constexpr uint32_t kBucketsPerHistogram = 10;

// "a", "b", ….
std::string ReplicaName(uint32_t replica);

// In label order.
std::vector<SeriesSpec> MakeFleet(const FleetOptions& options);

}  // namespace epi::blockgen
