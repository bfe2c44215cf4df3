// The histogram_* functions.
#include <cmath>
#include <map>

#include "common/base/go_float.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/series/histogram_quantile.h"
#include "tests/support/promqlref/classic_histogram.h"
#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {
namespace {

using series::NanNote;

// The classic and native histograms of one step.
struct Histograms {
  struct Classic {
    Element element;  // Labels without le; no value yet.
    std::vector<Bucket> buckets;
  };
  std::vector<Classic> classic;
  Vector native;
};

class Histogrammer {
 public:
  Histogrammer(Evaluation* evaluation, promql::PositionRange position) : evaluation_(evaluation), position_(position) {}

  // Gathers buckets by their other labels. What is there in both forms is left out.
  Histograms Gather(const Vector& vector) const {
    std::map<Labels, Histograms::Classic> classic;
    Histograms histograms;
    const std::vector<std::string> le = {"le"};
    for (const Element& element : vector) {
      if (element.sample.is_histogram()) continue;
      const std::string_view text = element.labels.Get("le");
      const std::optional<double> upper = ParseGoFloat(text);
      if (!upper.has_value()) {
        evaluation_->Annotate(promql::BadBucketLabelWarning(NameOf(element), text, position_));
        continue;
      }
      const Labels rest = element.labels.Without(le);
      Histograms::Classic& group = classic[rest];
      group.element.labels = rest;
      group.buckets.push_back({*upper, element.sample.value});
    }
    for (const Element& element : vector) {
      if (!element.sample.is_histogram()) continue;
      if (classic.erase(element.labels) > 0) {
        evaluation_->Annotate(promql::MixedClassicNativeHistogramsWarning(NameOf(element), position_));
      } else {
        histograms.native.push_back(element);
      }
    }
    for (auto& [labels, group] : classic) histograms.classic.push_back(std::move(group));
    return histograms;
  }

  double Quantile(double q, const Element& native) const {
    const series::NoteworthyValue quantile = series::HistogramQuantile(q, *native.sample.histogram);
    const std::string_view name = NameOf(native);
    if (quantile.note == NanNote::kResultIsNan) evaluation_->Annotate(promql::NativeHistogramQuantileNanResultInfo(name, position_));
    if (quantile.note == NanNote::kSkewedHigher) evaluation_->Annotate(promql::NativeHistogramQuantileNanSkewInfo(name, position_));
    return quantile.value;
  }
  double Quantile(double q, const Histograms::Classic& classic, int64_t t_ms) const {
    const ClassicQuantile quantile = QuantileOfBuckets(q, classic.buckets);
    if (quantile.repair.has_value()) {
      evaluation_->Annotate(promql::HistogramQuantileForcedMonotonicityInfo(
          NameOf(classic.element), position_, t_ms, quantile.repair->bucket_min, quantile.repair->bucket_max, quantile.repair->diff_max));
    }
    return quantile.value;
  }
  double Fraction(double lower, double upper, const Element& native) const {
    const series::NoteworthyValue fraction = series::HistogramFraction(lower, upper, *native.sample.histogram);
    if (fraction.note == NanNote::kExcluded) evaluation_->Annotate(promql::NativeHistogramFractionNansInfo(NameOf(native), position_));
    return fraction.value;
  }

 private:
  std::string_view NameOf(const Element& element) const {
    return evaluation_->delayed_names() ? element.labels.metric_name() : std::string_view();
  }

  Evaluation* const evaluation_;
  const promql::PositionRange position_;
};

Element WithValue(const Evaluation& evaluation, Element element, double value) {
  element.sample = Float(value);
  evaluation.DropName(&element);
  return element;
}

void AddLabel(const std::string& name, const std::string& value, Element* element) {
  labels::LabelsBuilder builder(element->labels);
  builder.Set(name, value);
  element->labels = builder.Build();
}

std::string QuantileText(double q) {
  std::string text = FormatFloatG(q);
  const bool plain = std::isfinite(q) && text.find('.') == std::string::npos && text.find('e') == std::string::npos;
  return plain ? text + ".0" : text;
}

// histogram_quantile(q, v) and histogram_quantiles(v, "label", q…).
Result<Steps> Quantiles(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const bool many = call.args.size() > 2;
  const promql::Expr& input = *call.args[many ? 0 : 1];
  const std::string label = many ? StringOf(*call.args[1]) : "";
  if (many && (label.empty() || !IsValidUtf8(label))) {
    return FailedPreconditionError(StrCat("invalid label name ", GoQuote(label)));
  }
  const Steps steps = TRY(evaluation->VectorOf(input, grid));
  const Histogrammer histogrammer(evaluation, PositionOf(input));
  Steps results(grid.size());
  for (size_t i = many ? 2 : 0; i < (many ? call.args.size() : 1); ++i) {
    const std::vector<double> qs = TRY(evaluation->ScalarOf(*call.args[i], grid));
    for (size_t step = 0; step < grid.size(); ++step) {
      const double q = qs[step];
      if (!(q >= 0 && q <= 1)) evaluation->Annotate(promql::InvalidQuantileWarning(q, PositionOf(*call.args[i])));
      const Histograms histograms = histogrammer.Gather(steps[step]);
      const auto add = [&](Element element) {
        if (many) AddLabel(label, QuantileText(q), &element);
        results[step].push_back(std::move(element));
      };
      for (const Element& native : histograms.native) add(WithValue(*evaluation, native, histogrammer.Quantile(q, native)));
      for (const auto& classic : histograms.classic) {
        add(WithValue(*evaluation, classic.element, histogrammer.Quantile(q, classic, grid.At(step))));
      }
    }
  }
  RETURN_IF_ERROR(evaluation->Settle(&results));
  return results;
}

Result<Steps> Fractions(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const std::vector<double> lower = TRY(evaluation->ScalarOf(*call.args[0], grid));
  const std::vector<double> upper = TRY(evaluation->ScalarOf(*call.args[1], grid));
  const Steps steps = TRY(evaluation->VectorOf(*call.args[2], grid));
  const Histogrammer histogrammer(evaluation, PositionOf(*call.args[2]));
  Steps results(grid.size());
  for (size_t step = 0; step < grid.size(); ++step) {
    const Histograms histograms = histogrammer.Gather(steps[step]);
    for (const Element& native : histograms.native) {
      results[step].push_back(WithValue(*evaluation, native, histogrammer.Fraction(lower[step], upper[step], native)));
    }
    for (const auto& classic : histograms.classic) {
      const double fraction = FractionOfBuckets(lower[step], upper[step], classic.buckets);
      results[step].push_back(WithValue(*evaluation, classic.element, fraction));
    }
  }
  RETURN_IF_ERROR(evaluation->Settle(&results));
  return results;
}

double Statistic(std::string_view name, const FloatHistogram& histogram) {
  if (name == "histogram_count") return histogram.count;
  if (name == "histogram_sum") return histogram.sum;
  if (name == "histogram_avg") return histogram.sum / histogram.count;
  const double variance = series::HistogramVariance(histogram);
  return name == "histogram_stddev" ? std::sqrt(variance) : variance;
}

}  // namespace

Result<Steps> EvaluateHistogramCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const std::string_view name = call.function->name;
  if (name.starts_with("histogram_quantile")) return Quantiles(evaluation, call, grid);
  if (name == "histogram_fraction") return Fractions(evaluation, call, grid);
  Steps steps = TRY(evaluation->VectorOf(*call.args[0], grid));
  for (Vector& vector : steps) {
    std::erase_if(vector, [](const Element& element) { return !element.sample.is_histogram(); });
    for (Element& element : vector) {
      element.sample = Float(Statistic(name, *element.sample.histogram));
      if (evaluation->delayed_names()) {
        element.drop_name = true;
      } else {  // __type__ and __unit__ stay.
        element.labels = element.labels.WithoutMetricName();
      }
    }
  }
  RETURN_IF_ERROR(evaluation->Settle(&steps));
  return steps;
}

}  // namespace epi::promqlref
