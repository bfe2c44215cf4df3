#include "common/process/probe.h"

#include <utility>

namespace epi::process {
namespace {

metrics::Family<metrics::Gauge>* StatusFamily(metrics::Registry* registry) {
  return registry->AddGaugeFamily("thanos_status", "1 if the component passes the check of this name, else 0.",
                                  {"check", "component"});
}

}  // namespace

Probe::Probe(std::string component, metrics::Registry* registry)
    : component_(std::move(component)),
      ready_gauge_(StatusFamily(registry)->With({"ready", component_})),
      healthy_gauge_(StatusFamily(registry)->With({"healthy", component_})) {
  healthy_gauge_->Set(1);
}

void Probe::SetReady() {
  MutexLock lock(&mutex_);
  why_not_ready_.clear();
  ready_gauge_->Set(1);
}

void Probe::SetNotReady(std::string why) {
  MutexLock lock(&mutex_);
  why_not_ready_ = std::move(why);
  ready_gauge_->Set(0);
}

void Probe::SetNotHealthy(std::string why) {
  MutexLock lock(&mutex_);
  why_not_healthy_ = std::move(why);
  healthy_gauge_->Set(0);
}

bool Probe::ready() const { return why_not_ready().empty(); }

std::string Probe::why_not_ready() const {
  MutexLock lock(&mutex_);
  return why_not_ready_;
}

std::string Probe::why_not_healthy() const {
  MutexLock lock(&mutex_);
  return why_not_healthy_;
}

}  // namespace epi::process
