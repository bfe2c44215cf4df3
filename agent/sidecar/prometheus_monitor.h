// Keeps watch over the sidecar's Prometheus: is it up, what are its external labels, how far back does it reach.
//
// 1. WaitUntilKnown: ask until Prometheus is ready and its labels are read. No external labels is fatal: without them nobody
//    can tell this Prometheus' series from another's.
// 2. WatchOnce: ask again every interval, sooner while it is down. Labels that vanished leave the last ones in place and count
//    as down.
//
// Threads: Snapshot() and NoteCollision() from any thread; WaitUntilKnown() and WatchOnce() from one.
// Owns:    the snapshot is immutable and shared.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "agent/sidecar/prometheus_client.h"
#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/labels/labels.h"
#include "common/log/logger.h"
#include "common/metrics/registry.h"

namespace epi::agent {

struct PrometheusState {
  bool up = false;
  std::string why_down;  // Empty when up.
  labels::Labels external_labels;
  int64_t mint_ms = 0;
  PrometheusVersion version;
  // How far Prometheus' clock, which its samples are stamped by, is ahead of ours. Zero below kClockAheadMaxMs.
  int64_t clock_ahead_ms = 0;
  // External labels that some series have as their own, too: answers must then be sorted as a whole.
  bool labels_collide = false;
};

struct PrometheusMonitorOptions {
  std::chrono::milliseconds ready_timeout{std::chrono::minutes(10)};
  std::chrono::milliseconds interval{std::chrono::seconds(30)};
  std::chrono::milliseconds request_timeout{std::chrono::seconds(30)};
  // First wait after a failure; doubles up to the interval.
  std::chrono::milliseconds retry{250};
  // Nothing before this time is served.
  int64_t mint_ms = 0;
};

class PrometheusMonitor {
 public:
  PrometheusMonitor(const PrometheusClient* client, PrometheusMonitorOptions options, log::Logger logger,
                    metrics::Registry* registry);

  // Errors: FailedPrecondition when there are no external labels; DeadlineExceeded after ready_timeout, with the last reason.
  Status WaitUntilKnown(const Context& ctx);
  // Waits for the next look, and takes it.
  void WatchOnce(const Context& ctx);
  std::shared_ptr<const PrometheusState> Snapshot() const;
  // A streamed answer met a series with an own label of an external name.
  void NoteCollision();

 private:
  Status Refresh(const Context& ctx);
  Result<PrometheusState> Ask(const Context& ctx) const;
  Result<bool> AnyCollision(const Context& ctx, const labels::Labels& external) const;
  void Publish(PrometheusState state);
  void MarkDown(const Status& why);

  const PrometheusClient* const client_;
  const PrometheusMonitorOptions options_;
  const log::Logger logger_;
  metrics::Gauge* const up_;
  metrics::Gauge* const last_heartbeat_;
  // Before the next look while Prometheus is down; zero while it is up. Of the watching thread.
  std::chrono::milliseconds pause_{0};
  mutable Mutex mutex_;
  std::shared_ptr<const PrometheusState> state_ GUARDED_BY(mutex_);
};

}  // namespace epi::agent
