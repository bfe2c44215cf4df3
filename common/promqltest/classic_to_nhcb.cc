#include "common/promqltest/classic_to_nhcb.h"

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "common/base/str_cat.h"
#include "common/promql/literal.h"

namespace epi::promqltest {
namespace {

struct ClassicHistogram {
  std::map<double, double> buckets;  // Upper bound to cumulative count.
  std::optional<double> count;
  double sum = 0;
};
using ByTime = std::map<int64_t, ClassicHistogram>;

enum class Part : uint8_t { kNone, kBucket, kCount, kSum };

Part SplitName(std::string_view* name) {
  for (const auto& [suffix, part] : {std::pair<std::string_view, Part>{"_bucket", Part::kBucket},
                                     {"_count", Part::kCount},
                                     {"_sum", Part::kSum}}) {
    if (!name->ends_with(suffix)) continue;
    name->remove_suffix(suffix.size());
    return part;
  }
  return Part::kNone;
}

std::optional<double> ParseBound(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const Result<double> bound = promql::ParseNumber(text);
  if (!bound.ok() || std::isnan(*bound)) return std::nullopt;
  return negative ? -*bound : *bound;
}

void Collect(Part part, double bound, const std::vector<series::StoredSample>& samples, ByTime* histograms) {
  for (const series::StoredSample& sample : samples) {
    if (sample.histogram != nullptr) continue;
    ClassicHistogram& histogram = (*histograms)[sample.t_ms];
    if (part == Part::kBucket) {
      histogram.buckets.emplace(bound, sample.value);
    } else if (part == Part::kCount) {
      histogram.count = sample.value;
    } else {
      histogram.sum = sample.value;
    }
  }
}

Result<series::FloatHistogram> Convert(ClassicHistogram classic) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double last = classic.buckets.empty() ? 0 : classic.buckets.rbegin()->second;
  const double count = classic.count.value_or(last);
  classic.buckets.emplace(kInfinity, count);
  if (classic.buckets.at(kInfinity) != count) return InvalidArgumentError("count mismatch of a classic histogram");
  series::FloatHistogram histogram;
  histogram.schema = series::kCustomBucketsSchema;
  histogram.count = count;
  histogram.sum = classic.sum;
  histogram.positive_spans = {{.offset = 0, .length = static_cast<uint32_t>(classic.buckets.size())}};
  double previous = 0;
  for (const auto& [bound, cumulative] : classic.buckets) {
    if (cumulative < previous) return InvalidArgumentError(StrCat("count is not cumulative at le=", bound));
    histogram.positive_buckets.push_back(cumulative - previous);
    if (bound != kInfinity) histogram.custom_values.push_back(bound);
    previous = cumulative;
  }
  return histogram;
}

Result<LoadCommand::Series> ConvertSeries(const labels::Labels& labels, const ByTime& by_time) {
  LoadCommand::Series series{labels, {}};
  for (const auto& [t_ms, classic] : by_time) {
    series::StoredSample sample;
    sample.t_ms = t_ms;
    sample.histogram = std::make_shared<const series::FloatHistogram>(TRY(Convert(classic)));
    series.samples.push_back(std::move(sample));
  }
  return series;
}

}  // namespace

Result<std::vector<LoadCommand::Series>> ClassicToNhcb(const std::vector<LoadCommand::Series>& classic) {
  std::map<labels::Labels, ByTime> histograms;
  for (const LoadCommand::Series& series : classic) {
    std::string_view name = series.labels.metric_name();
    const Part part = SplitName(&name);
    if (part == Part::kNone) continue;
    const auto bound = part == Part::kBucket ? ParseBound(series.labels.Get(labels::kBucketLabel)) : 0.0;
    if (!bound.has_value()) continue;
    labels::LabelsBuilder builder(series.labels);
    builder.Set(labels::kMetricName, name).Del(labels::kBucketLabel);
    Collect(part, *bound, series.samples, &histograms[builder.Build()]);
  }
  std::vector<LoadCommand::Series> converted;
  for (const auto& [labels, by_time] : histograms) converted.push_back(TRY(ConvertSeries(labels, by_time)));
  return converted;
}

}  // namespace epi::promqltest
