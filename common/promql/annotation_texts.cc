// The texts of all warnings and infos.
#include "common/base/go_float.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/promql/annotations.h"

namespace epi::promql {
namespace {

Annotation Make(Severity severity, std::string text, PositionRange position) {
  Annotation annotation;
  annotation.severity = severity;
  annotation.text = std::move(text);
  annotation.position = position;
  return annotation;
}

Annotation Warning(std::string text, PositionRange position) { return Make(Severity::kWarning, std::move(text), position); }
Annotation Info(std::string text, PositionRange position) { return Make(Severity::kInfo, std::move(text), position); }

// Nothing for a metric without name.
std::string ForMetric(std::string_view metric_name) {
  return metric_name.empty() ? std::string() : StrCat(" for metric name ", GoQuote(metric_name));
}

std::string_view OperationText(HistogramOperation operation) {
  static constexpr std::string_view kTexts[] = {"addition", "subtraction", "aggregation"};
  return kTexts[static_cast<size_t>(operation)];
}

}  // namespace

Annotation InvalidQuantileWarning(double q, PositionRange position) {
  return Warning(StrCat("quantile value should be between 0 and 1, got ", FormatFloatG(q)), position);
}

Annotation InvalidRatioWarning(double ratio, double capped_to, PositionRange position) {
  return Warning(StrCat("ratio value should be between -1 and 1, got ", FormatFloatG(ratio), ", capping to ", FormatFloatG(capped_to)),
                 position);
}

Annotation BadBucketLabelWarning(std::string_view metric_name, std::string_view label, PositionRange position) {
  return Warning(
      StrCat("bucket label \"le\" is missing or has a malformed value of ", GoQuote(label), ForMetric(metric_name)), position);
}

Annotation MixedClassicNativeHistogramsWarning(std::string_view metric_name, PositionRange position) {
  return Warning(StrCat("vector contains a mix of classic and native histograms", ForMetric(metric_name)), position);
}

Annotation MixedFloatsHistogramsWarning(std::string_view metric_name, PositionRange position) {
  return Warning(StrCat("encountered a mix of histograms and floats for metric name ", GoQuote(metric_name)), position);
}

Annotation MixedFloatsHistogramsAggWarning(PositionRange position) {
  return Warning("encountered a mix of histograms and floats for aggregation", position);
}

Annotation NativeHistogramNotCounterWarning(std::string_view metric_name, PositionRange position) {
  return Warning(StrCat("this native histogram metric is not a counter: ", GoQuote(metric_name)), position);
}

Annotation NativeHistogramNotGaugeWarning(std::string_view metric_name, PositionRange position) {
  return Warning(StrCat("this native histogram metric is not a gauge: ", GoQuote(metric_name)), position);
}

Annotation MixedExponentialCustomHistogramsWarning(std::string_view metric_name, PositionRange position) {
  return Warning(StrCat("vector contains a mix of histograms with exponential and custom buckets schemas for metric name ",
                        GoQuote(metric_name)),
                 position);
}

Annotation IncompatibleBucketLayoutInBinOpWarning(std::string_view op, PositionRange position) {
  return Warning(StrCat("incompatible bucket layout encountered for binary operator ", op), position);
}

Annotation SortInRangeQueryWarning(PositionRange position) {
  return Warning("sort is ineffective for range queries since results are always ordered by labels", position);
}

Annotation StartTimeOverlapWarning(std::string_view metric_name, PositionRange position) {
  Annotation annotation =
      Warning(StrCat("sample has start time that overlaps with previous sample timestamp for metric ", GoQuote(metric_name)),
              position);
  annotation.occurrences = 1;
  return annotation;
}

Annotation HistogramCounterResetCollisionWarning(HistogramOperation operation, PositionRange position) {
  return Warning(StrCat("conflicting counter resets during histogram ", OperationText(operation)), position);
}

Annotation PossibleNonCounterInfo(std::string_view metric_name, PositionRange position) {
  return Info(StrCat("metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ", GoQuote(metric_name)),
              position);
}

Annotation PossibleNonCounterLabelInfo(std::string_view metric_name, std::string_view type_label, PositionRange position) {
  return Info(StrCat("metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got ",
                     GoQuote(type_label), ": ", GoQuote(metric_name)),
              position);
}

Annotation HistogramQuantileForcedMonotonicityInfo(std::string_view metric_name, PositionRange position, int64_t t_ms,
                                                   double min_bucket, double max_bucket, double max_diff) {
  Annotation annotation = Info(
      StrCat("input to histogram_quantile needed to be fixed for monotonicity (see "
             "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)",
             ForMetric(metric_name)),
      position);
  annotation.monotonicity = {.min_bucket = min_bucket,
                             .max_bucket = max_bucket,
                             .max_diff = max_diff,
                             .min_t_ms = t_ms,
                             .max_t_ms = t_ms,
                             .count = 1};
  return annotation;
}

Annotation IncompatibleTypesInBinOpInfo(std::string_view left, std::string_view op, std::string_view right,
                                        PositionRange position) {
  return Info(
      StrCat("incompatible sample types encountered for binary operator ", GoQuote(op), ": ", left, " ", op, " ", right), position);
}

Annotation HistogramIgnoredInAggregationInfo(std::string_view aggregation, PositionRange position) {
  return Info(StrCat("ignored histogram in ", aggregation, " aggregation"), position);
}

Annotation HistogramIgnoredInMixedRangeInfo(std::string_view metric_name, PositionRange position) {
  return Info(
      StrCat("ignored histograms in a range containing both floats and histograms for metric name ", GoQuote(metric_name)),
      position);
}

Annotation NativeHistogramQuantileNanResultInfo(std::string_view metric_name, PositionRange position) {
  return Info(StrCat("input to histogram_quantile has NaN observations, result is NaN", ForMetric(metric_name)), position);
}

Annotation NativeHistogramQuantileNanSkewInfo(std::string_view metric_name, PositionRange position) {
  return Info(StrCat("input to histogram_quantile has NaN observations, result is skewed higher", ForMetric(metric_name)),
              position);
}

Annotation NativeHistogramFractionNansInfo(std::string_view metric_name, PositionRange position) {
  return Info(
      StrCat("input to histogram_fraction has NaN observations, which are excluded from all fractions", ForMetric(metric_name)),
      position);
}

Annotation MismatchedCustomBucketsInfo(HistogramOperation operation, PositionRange position) {
  return Info(StrCat("mismatched custom buckets were reconciled during ", OperationText(operation)), position);
}

}  // namespace epi::promql
