// Exposition: metrics as text that Prometheus scrapes, in its own format 0.0.4 or in OpenMetrics 1.0.0.
//
//   # HELP http_requests_total Total number of HTTP requests.
//   # TYPE http_requests_total counter
//   http_requests_total{code="200",handler="query"} 3
//
// Differences of OpenMetrics: the family of a counter is named without _total and its samples with it, numbers are floats
// ("1.0"), and the text ends with # EOF.
//
// Contract: families may be written in any order and come out ordered by name; a name written twice is one family.
// Threads:  none.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace epi::metrics {

enum class ExpositionFormat : uint8_t { kText, kOpenMetrics };

// The richest format that an Accept header asks for; text when it asks for nothing known.
ExpositionFormat NegotiateFormat(std::string_view accept);
// The Content-Type of a format.
std::string_view ContentType(ExpositionFormat format);

enum class MetricType : uint8_t { kCounter, kGauge, kHistogram, kSummary, kUntyped };
std::string_view MetricTypeText(MetricType type, ExpositionFormat format);

struct MetricInfo {
  std::string name;
  std::string help;
  MetricType type = MetricType::kUntyped;
};

// A family as the metric tables of the documentation show it.
struct FamilyInfo {
  MetricInfo info;
  std::vector<std::string> label_names;
};

// Label pairs of one sample, as views.
using SampleLabels = std::span<const std::pair<std::string_view, std::string_view>>;

class Exposition {
 public:
  explicit Exposition(ExpositionFormat format) : format_(format) {}

  void Counter(const MetricInfo& info, SampleLabels labels, double value) { Value(info, labels, value); }
  void Gauge(const MetricInfo& info, SampleLabels labels, double value) { Value(info, labels, value); }
  // `counts` per bucket, one more than `bounds`, not cumulative.
  void Histogram(const MetricInfo& info, SampleLabels labels, std::span<const double> bounds, std::span<const uint64_t> counts,
                 double sum);
  // Quantiles in [0, 1] with their values.
  void Summary(const MetricInfo& info, SampleLabels labels, std::span<const std::pair<double, double>> quantiles, uint64_t count,
               double sum);
  // Writes HELP and TYPE of a family that may have no samples.
  void Declare(const MetricInfo& info, std::vector<std::string> label_names = {}) { Body(info)->label_names = std::move(label_names); }

  // The whole text.
  std::string Finish() const;
  // What was written, ordered by name. Label names are those declared, else those of the first sample.
  std::vector<FamilyInfo> Families() const;

 private:
  struct Block {
    MetricInfo info;
    std::vector<std::string> label_names;
    // Text of the family after its comments.
    std::string body;
  };
  void Value(const MetricInfo& info, SampleLabels labels, double value);
  // Made when missing.
  Block* Body(const MetricInfo& info, SampleLabels labels = {});
  void Sample(std::string* out, std::string_view name, std::string_view suffix, SampleLabels labels,
              std::pair<std::string_view, std::string_view> extra, std::string_view value) const;
  std::string Number(double value) const;
  std::string Count(uint64_t count) const;

  const ExpositionFormat format_;
  std::map<std::string, Block, std::less<>> blocks_;
};

}  // namespace epi::metrics
