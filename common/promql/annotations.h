// Annotations: warnings and infos that a query collects while it is evaluated.
//
// Contract: texts are Prometheus'. Two annotations of equal text (merged figures apart) are one: the position shown is that of
//           the last one added; mergeable ones (forced monotonicity, start time overlaps) keep the first position and add
//           up their figures.
// Threads:  one thread at a time. Let each worker collect its own and Merge() them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/promql/operators.h"
#include "common/promql/position.h"

namespace epi::promql {

// Most warnings (and infos) an answer shows; the rest is counted in one line.
inline constexpr size_t kAnnotationsShownMax = 10;

enum class Severity : uint8_t { kWarning, kInfo };

// How often and where histogram_quantile had to mend classic buckets; merged over steps and series.
struct ForcedMonotonicity {
  double min_bucket = 0;
  double max_bucket = 0;
  double max_diff = 0;
  int64_t min_t_ms = 0;
  int64_t max_t_ms = 0;
  int64_t count = 0;
};

// What is added: made by the functions below, never by hand.
struct Annotation {
  Severity severity = Severity::kWarning;
  std::string text;  // Without prefix and position; also the key for equality.
  PositionRange position;
  int64_t occurrences = 0;           // Counted when > 0.
  ForcedMonotonicity monotonicity;   // Set when its count > 0.
};

// Texts for the API, sorted.
struct AnnotationStrings {
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
};

class Annotations {
 public:
  void Add(Annotation annotation);
  void Merge(const Annotations& other);
  // A warning that is not PromQL's, such as one of the storage: shown as it is.
  void AddForeignWarning(std::string text);

  bool empty() const { return items_.empty() && foreign_.empty(); }
  // "PromQL warning: text (line:column)". At most `shown_max` each and then "N more warning annotations omitted";
  // 0 shows all. Foreign warnings come first. An empty `query` leaves the positions out.
  AnnotationStrings Strings(std::string_view query, size_t shown_max = kAnnotationsShownMax) const;

 private:
  std::map<std::pair<Severity, std::string>, Annotation> items_;
  std::set<std::string> foreign_;
};

// Warnings. `metric_name` may be empty where a message names a metric; then that part is left out or printed as "".
Annotation InvalidQuantileWarning(double q, PositionRange position);
Annotation InvalidRatioWarning(double ratio, double capped_to, PositionRange position);
Annotation BadBucketLabelWarning(std::string_view metric_name, std::string_view label, PositionRange position);
Annotation MixedClassicNativeHistogramsWarning(std::string_view metric_name, PositionRange position);
Annotation MixedFloatsHistogramsWarning(std::string_view metric_name, PositionRange position);
Annotation MixedFloatsHistogramsAggWarning(PositionRange position);
Annotation NativeHistogramNotCounterWarning(std::string_view metric_name, PositionRange position);
Annotation NativeHistogramNotGaugeWarning(std::string_view metric_name, PositionRange position);
Annotation MixedExponentialCustomHistogramsWarning(std::string_view metric_name, PositionRange position);
Annotation IncompatibleBucketLayoutInBinOpWarning(std::string_view op, PositionRange position);
Annotation SortInRangeQueryWarning(PositionRange position);
Annotation StartTimeOverlapWarning(std::string_view metric_name, PositionRange position);

enum class HistogramOperation : uint8_t { kAddition, kSubtraction, kAggregation };
Annotation HistogramCounterResetCollisionWarning(HistogramOperation operation, PositionRange position);

// Infos.
Annotation PossibleNonCounterInfo(std::string_view metric_name, PositionRange position);
Annotation PossibleNonCounterLabelInfo(std::string_view metric_name, std::string_view type_label, PositionRange position);
Annotation HistogramQuantileForcedMonotonicityInfo(std::string_view metric_name, PositionRange position, int64_t t_ms,
                                                   double min_bucket, double max_bucket, double max_diff);
// `left` and `right` are "float" or "histogram".
Annotation IncompatibleTypesInBinOpInfo(std::string_view left, std::string_view op, std::string_view right,
                                        PositionRange position);
// `aggregation` is "min", "topk", …
Annotation HistogramIgnoredInAggregationInfo(std::string_view aggregation, PositionRange position);
Annotation HistogramIgnoredInMixedRangeInfo(std::string_view metric_name, PositionRange position);
Annotation NativeHistogramQuantileNanResultInfo(std::string_view metric_name, PositionRange position);
Annotation NativeHistogramQuantileNanSkewInfo(std::string_view metric_name, PositionRange position);
Annotation NativeHistogramFractionNansInfo(std::string_view metric_name, PositionRange position);
Annotation MismatchedCustomBucketsInfo(HistogramOperation operation, PositionRange position);

}  // namespace epi::promql
