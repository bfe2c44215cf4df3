#include "common/metrics/registry.h"

#include <algorithm>

#include "common/base/check.h"

namespace epi::metrics {
namespace {

constexpr std::string_view kOverflowValue = "other";

void CollectOne(Exposition* out, const MetricInfo& info, SampleLabels labels, const Counter& counter) {
  out->Counter(info, labels, counter.Value());
}

void CollectOne(Exposition* out, const MetricInfo& info, SampleLabels labels, const Gauge& gauge) {
  out->Gauge(info, labels, gauge.Value());
}

void CollectOne(Exposition* out, const MetricInfo& info, SampleLabels labels, const Histogram& histogram) {
  out->Histogram(info, labels, histogram.bounds(), histogram.Counts(), histogram.Sum());
}

bool IsName(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [is_letter](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == ':';
  });
}

}  // namespace

template <typename Instrument>
std::shared_ptr<Instrument> Family<Instrument>::With(const LabelValues& values) {
  CHECK(values.size() == label_names().size());
  MutexLock lock(&mutex_);
  const auto found = children_.find(values);
  if (found != children_.end()) return found->second;
  const bool full = children_.size() >= kChildrenMax;
  auto& child = children_[full ? LabelValues(values.size(), std::string(kOverflowValue)) : values];
  if (child == nullptr) child = make_();
  return child;
}

template <typename Instrument>
void Family<Instrument>::Remove(const LabelValues& values) {
  MutexLock lock(&mutex_);
  children_.erase(values);
}

template <typename Instrument>
void Family<Instrument>::Clear() {
  MutexLock lock(&mutex_);
  children_.clear();
}

template <typename Instrument>
void Family<Instrument>::Collect(Exposition* out) const {
  MutexLock lock(&mutex_);
  std::vector<std::pair<std::string_view, std::string_view>> labels;
  for (const auto& [values, child] : children_) {
    labels.clear();
    for (size_t i = 0; i < values.size(); ++i) labels.emplace_back(label_names()[i], values[i]);
    CollectOne(out, info(), labels, *child);
  }
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

template <typename Instrument>
Family<Instrument>* Registry::AddFamily(MetricInfo info, std::vector<std::string> label_names,
                                        typename Family<Instrument>::Make make) {
  CHECK(IsName(info.name) && std::all_of(label_names.begin(), label_names.end(), IsName));
  MutexLock lock(&mutex_);
  std::unique_ptr<AnyFamily>& slot = families_[info.name];
  if (slot == nullptr) {
    auto made = std::make_unique<Family<Instrument>>(std::move(info), std::move(label_names), std::move(make));
    auto* const family = made.get();
    slot = std::move(made);
    return family;
  }
  auto* const family = dynamic_cast<Family<Instrument>*>(slot.get());
  CHECK(family != nullptr && family->label_names() == label_names);
  return family;
}

Family<Counter>* Registry::AddCounterFamily(std::string name, std::string help, std::vector<std::string> label_names) {
  return AddFamily<Counter>({std::move(name), std::move(help), MetricType::kCounter}, std::move(label_names),
                            [] { return std::make_shared<Counter>(); });
}

Family<Gauge>* Registry::AddGaugeFamily(std::string name, std::string help, std::vector<std::string> label_names) {
  return AddFamily<Gauge>({std::move(name), std::move(help), MetricType::kGauge}, std::move(label_names),
                          [] { return std::make_shared<Gauge>(); });
}

Family<Histogram>* Registry::AddHistogramFamily(std::string name, std::string help, std::vector<std::string> label_names,
                                                std::vector<double> bounds) {
  return AddFamily<Histogram>({std::move(name), std::move(help), MetricType::kHistogram}, std::move(label_names),
                              [bounds = std::move(bounds)] { return std::make_shared<Histogram>(bounds); });
}

// The only child of a family without labels is never removed, so the family keeps it alive.
Counter* Registry::AddCounter(std::string name, std::string help) {
  return AddCounterFamily(std::move(name), std::move(help), {})->With({}).get();
}

Gauge* Registry::AddGauge(std::string name, std::string help) {
  return AddGaugeFamily(std::move(name), std::move(help), {})->With({}).get();
}

Histogram* Registry::AddHistogram(std::string name, std::string help, std::vector<double> bounds) {
  return AddHistogramFamily(std::move(name), std::move(help), {}, std::move(bounds))->With({}).get();
}

std::unique_ptr<Registry::Registration> Registry::AddCollector(Collector collector) {
  MutexLock lock(&collectors_mutex_);
  const uint64_t id = next_collector_++;
  collectors_.emplace(id, std::move(collector));
  return std::unique_ptr<Registration>(new Registration(this, id));
}

std::unique_ptr<Registry::Registration> Registry::AddGaugeCallback(std::string name, std::string help,
                                                                   std::function<double()> value) {
  return AddCollector([info = MetricInfo{std::move(name), std::move(help), MetricType::kGauge},
                       value = std::move(value)](Exposition* out) { out->Gauge(info, {}, value()); });
}

Registry::Registration::~Registration() {
  MutexLock lock(&registry_->collectors_mutex_);
  registry_->collectors_.erase(id_);
}

std::string Registry::Expose(ExpositionFormat format) const {
  Exposition out(format);
  {
    MutexLock lock(&mutex_);
    for (const auto& [name, family] : families_) family->Collect(&out);
  }
  MutexLock lock(&collectors_mutex_);
  for (const auto& [id, collector] : collectors_) collector(&out);
  return out.Finish();
}

std::vector<FamilyInfo> Registry::List() const {
  Exposition out(ExpositionFormat::kText);
  {
    MutexLock lock(&mutex_);
    for (const auto& [name, family] : families_) out.Declare(family->info(), family->label_names());
  }
  MutexLock lock(&collectors_mutex_);
  for (const auto& [id, collector] : collectors_) collector(&out);
  return out.Families();
}

}  // namespace epi::metrics
