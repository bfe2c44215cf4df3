// Probe: is this process healthy, and is it ready for requests? Served at /-/healthy and /-/ready.
//
// Threads: safe from any thread.
#pragma once

#include <string>

#include "common/base/mutex.h"
#include "common/metrics/registry.h"

namespace epi::process {

class Probe {
 public:
  // `component` is Thanos' name of the program: "sidecar", "query". Sets thanos_status{component,check}.
  Probe(std::string component, metrics::Registry* registry);

  void SetReady();
  // `why` is shown to who asks.
  void SetNotReady(std::string why);
  void SetNotHealthy(std::string why);

  bool ready() const;
  // Empty when ready (healthy).
  std::string why_not_ready() const;
  std::string why_not_healthy() const;
  const std::string& component() const { return component_; }

 private:
  const std::string component_;
  const std::shared_ptr<metrics::Gauge> ready_gauge_;
  const std::shared_ptr<metrics::Gauge> healthy_gauge_;
  mutable Mutex mutex_;
  std::string why_not_ready_ GUARDED_BY(mutex_) = "starting";
  std::string why_not_healthy_ GUARDED_BY(mutex_);
};

}  // namespace epi::process
