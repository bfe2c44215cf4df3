// Registry: all metrics of one process, or of one tenant or test.
//
//   metrics::Counter* uploads = registry->AddCounter("thanos_shipper_uploads_total", "Total number of uploaded blocks.");
//   auto* requests = registry->AddCounterFamily("http_requests_total", "…", {"code", "handler"});
//   requests->With({"200", "query"})->Inc();          // look up once and keep, where it is hot
//
// Contract: asking again for a name with the same type and labels gives the same family, so that parts made several times
//           share it; a different type or labels under one name is a bug (CHECK). Names are Prometheus names.
// Threads:  safe from any thread. A collector runs on the scraping thread and must not call the registry.
// Owns:     families and instruments live as long as the registry; a removed child as long as someone holds it.
// Limits:   kChildrenMax label combinations per family; more share one child whose label values are all "other".
#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/mutex.h"
#include "common/metrics/exposition.h"
#include "common/metrics/instruments.h"

namespace epi::metrics {

inline constexpr size_t kChildrenMax = 10'000;

using LabelValues = std::vector<std::string>;

// What all families share; the registry walks them.
class AnyFamily {
 public:
  AnyFamily(MetricInfo info, std::vector<std::string> label_names) : info_(std::move(info)), label_names_(std::move(label_names)) {}
  virtual ~AnyFamily() = default;
  AnyFamily(const AnyFamily&) = delete;
  AnyFamily& operator=(const AnyFamily&) = delete;

  const MetricInfo& info() const { return info_; }
  const std::vector<std::string>& label_names() const { return label_names_; }
  virtual void Collect(Exposition* out) const = 0;

 private:
  const MetricInfo info_;
  const std::vector<std::string> label_names_;
};

template <typename Instrument>
class Family final : public AnyFamily {
 public:
  using Make = std::function<std::shared_ptr<Instrument>()>;
  Family(MetricInfo info, std::vector<std::string> label_names, Make make)
      : AnyFamily(std::move(info), std::move(label_names)), make_(std::move(make)) {}

  // The child with these values, in the order of the label names; made when missing. REQUIRES: as many values as names.
  std::shared_ptr<Instrument> With(const LabelValues& values) LOCKS_EXCLUDED(mutex_);
  // Takes the child out of the exposition.
  void Remove(const LabelValues& values) LOCKS_EXCLUDED(mutex_);
  void Clear() LOCKS_EXCLUDED(mutex_);
  void Collect(Exposition* out) const override LOCKS_EXCLUDED(mutex_);

 private:
  const Make make_;
  mutable Mutex mutex_;
  std::map<LabelValues, std::shared_ptr<Instrument>> children_ GUARDED_BY(mutex_);
};

extern template class Family<Counter>;
extern template class Family<Gauge>;
extern template class Family<Histogram>;

class Registry {
 public:
  // Writes samples whose values are computed at scrape time. Called with an exposition that expects whole families.
  using Collector = std::function<void(Exposition*)>;
  // Takes a collector away when it dies: after its destructor returned the collector is not running and will not run.
  class Registration;

  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter* AddCounter(std::string name, std::string help);
  Gauge* AddGauge(std::string name, std::string help);
  Histogram* AddHistogram(std::string name, std::string help, std::vector<double> bounds = DefaultBuckets());
  Family<Counter>* AddCounterFamily(std::string name, std::string help, std::vector<std::string> label_names);
  Family<Gauge>* AddGaugeFamily(std::string name, std::string help, std::vector<std::string> label_names);
  Family<Histogram>* AddHistogramFamily(std::string name, std::string help, std::vector<std::string> label_names,
                                        std::vector<double> bounds = DefaultBuckets());
  // The registration must die before the registry.
  [[nodiscard]] std::unique_ptr<Registration> AddCollector(Collector collector);
  // A gauge without labels that is computed at scrape time.
  [[nodiscard]] std::unique_ptr<Registration> AddGaugeCallback(std::string name, std::string help, std::function<double()> value);

  // Everything, families ordered by name.
  std::string Expose(ExpositionFormat format) const;
  // The families that exist now, with samples or without, ordered by name.
  std::vector<FamilyInfo> List() const;

 private:
  template <typename Instrument>
  Family<Instrument>* AddFamily(MetricInfo info, std::vector<std::string> label_names, typename Family<Instrument>::Make make);

  mutable Mutex mutex_;
  std::map<std::string, std::unique_ptr<AnyFamily>> families_ GUARDED_BY(mutex_);
  // Held while collectors run, so that a registration's end can wait for them.
  mutable Mutex collectors_mutex_;
  std::map<uint64_t, Collector> collectors_ GUARDED_BY(collectors_mutex_);
  uint64_t next_collector_ GUARDED_BY(collectors_mutex_) = 0;
};

class Registry::Registration {
 public:
  ~Registration();
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  friend class Registry;
  Registration(Registry* registry, uint64_t id) : registry_(registry), id_(id) {}
  Registry* const registry_;
  const uint64_t id_;
};

}  // namespace epi::metrics
