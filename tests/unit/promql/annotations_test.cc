#include "common/promql/annotations.h"

#include <cmath>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

using Texts = std::vector<std::string>;

Texts WarningsOf(Annotation annotation) {
  Annotations annotations;
  annotations.Add(std::move(annotation));
  return annotations.Strings("query").warnings;
}

Texts InfosOf(Annotation annotation) {
  Annotations annotations;
  annotations.Add(std::move(annotation));
  return annotations.Strings("query").infos;
}

TEST_CASE("warnings have Prometheus' texts") {
  const PositionRange at{2, 3};
  CHECK(WarningsOf(InvalidQuantileWarning(1.5, at)) ==
        Texts{"PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:3)"});
  CHECK(WarningsOf(InvalidQuantileWarning(std::nan(""), at)) ==
        Texts{"PromQL warning: quantile value should be between 0 and 1, got NaN (1:3)"});
  CHECK(WarningsOf(InvalidRatioWarning(1.1, 1, at)) ==
        Texts{"PromQL warning: ratio value should be between -1 and 1, got 1.1, capping to 1 (1:3)"});
  CHECK(WarningsOf(BadBucketLabelWarning("x_bucket", "abc", at)) ==
        Texts{"PromQL warning: bucket label \"le\" is missing or has a malformed value of \"abc\" for metric name \"x_bucket\" (1:3)"});
  CHECK(WarningsOf(MixedClassicNativeHistogramsWarning("", at)) ==
        Texts{"PromQL warning: vector contains a mix of classic and native histograms (1:3)"});
  CHECK(WarningsOf(MixedFloatsHistogramsWarning("m", at)) ==
        Texts{"PromQL warning: encountered a mix of histograms and floats for metric name \"m\" (1:3)"});
  CHECK(WarningsOf(MixedFloatsHistogramsAggWarning(at)) ==
        Texts{"PromQL warning: encountered a mix of histograms and floats for aggregation (1:3)"});
  CHECK(WarningsOf(NativeHistogramNotCounterWarning("m", at)) ==
        Texts{"PromQL warning: this native histogram metric is not a counter: \"m\" (1:3)"});
  CHECK(WarningsOf(NativeHistogramNotGaugeWarning("m", at)) ==
        Texts{"PromQL warning: this native histogram metric is not a gauge: \"m\" (1:3)"});
  CHECK(WarningsOf(MixedExponentialCustomHistogramsWarning("m", at)) ==
        Texts{"PromQL warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
              "\"m\" (1:3)"});
  CHECK(WarningsOf(IncompatibleBucketLayoutInBinOpWarning("+", at)) ==
        Texts{"PromQL warning: incompatible bucket layout encountered for binary operator + (1:3)"});
  CHECK(WarningsOf(SortInRangeQueryWarning(at)) ==
        Texts{"PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:3)"});
  CHECK(WarningsOf(HistogramCounterResetCollisionWarning(HistogramOperation::kAggregation, at)) ==
        Texts{"PromQL warning: conflicting counter resets during histogram aggregation (1:3)"});
}

TEST_CASE("infos have Prometheus' texts") {
  const PositionRange at{0, 3};
  CHECK(InfosOf(PossibleNonCounterInfo("m", at)) ==
        Texts{"PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"m\" (1:1)"});
  CHECK(InfosOf(PossibleNonCounterLabelInfo("m", "gauge", at)) ==
        Texts{"PromQL info: metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got "
              "\"gauge\": \"m\" (1:1)"});
  CHECK(InfosOf(IncompatibleTypesInBinOpInfo("float", "</", "histogram", at)) ==
        Texts{"PromQL info: incompatible sample types encountered for binary operator \"</\": float </ histogram (1:1)"});
  CHECK(InfosOf(HistogramIgnoredInAggregationInfo("topk", at)) ==
        Texts{"PromQL info: ignored histogram in topk aggregation (1:1)"});
  CHECK(InfosOf(HistogramIgnoredInMixedRangeInfo("m", at)) ==
        Texts{"PromQL info: ignored histograms in a range containing both floats and histograms for metric name \"m\" (1:1)"});
  CHECK(InfosOf(NativeHistogramQuantileNanResultInfo("", at)) ==
        Texts{"PromQL info: input to histogram_quantile has NaN observations, result is NaN (1:1)"});
  CHECK(InfosOf(NativeHistogramQuantileNanSkewInfo("m", at)) ==
        Texts{"PromQL info: input to histogram_quantile has NaN observations, result is skewed higher for metric name \"m\" (1:1)"});
  CHECK(InfosOf(NativeHistogramFractionNansInfo("", at)) ==
        Texts{"PromQL info: input to histogram_fraction has NaN observations, which are excluded from all fractions (1:1)"});
  CHECK(InfosOf(MismatchedCustomBucketsInfo(HistogramOperation::kSubtraction, at)) ==
        Texts{"PromQL info: mismatched custom buckets were reconciled during subtraction (1:1)"});
}

TEST_CASE("annotations of equal text are one, at the last place") {
  Annotations annotations;
  annotations.Add(PossibleNonCounterInfo("m", {5, 6}));
  annotations.Add(PossibleNonCounterInfo("m", {1, 2}));
  Annotations other;
  other.Add(PossibleNonCounterInfo("m", {3, 4}));
  annotations.Merge(other);
  CHECK(annotations.Strings("a\nbcdef").infos ==
        Texts{"PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"m\" (2:2)"});
}

TEST_CASE("forced monotonicity is merged over steps and series and keeps its first place") {
  Annotations annotations;
  annotations.Add(HistogramQuantileForcedMonotonicityInfo("m", {4, 5}, 60'000, 2, 4, 0.25));
  annotations.Add(HistogramQuantileForcedMonotonicityInfo("m", {0, 1}, 0, 1, 3, 12.345));
  const Texts infos = annotations.Strings("12345").infos;
  CHECK(infos ==
        Texts{"PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see "
              "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name \"m\", from "
              "buckets 1 to 4, with a max diff of 12, over 2 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z (1:5)"});
}

TEST_CASE("overlapping start times are counted") {
  Annotations annotations;
  annotations.Add(StartTimeOverlapWarning("m", {0, 1}));
  CHECK(annotations.Strings("q").warnings ==
        Texts{"PromQL warning: sample has start time that overlaps with previous sample timestamp for metric \"m\" (1:1)"});
  annotations.Add(StartTimeOverlapWarning("m", {0, 1}));
  CHECK(annotations.Strings("q").warnings ==
        Texts{"PromQL warning: sample has start time that overlaps with previous sample timestamp for metric \"m\" (2 "
              "occurrences) (1:1)"});
}

TEST_CASE("without a query there are no positions") {
  CHECK(Annotations().empty());
  Annotations annotations;
  annotations.Add(SortInRangeQueryWarning({}));
  CHECK_FALSE(annotations.empty());
  CHECK(annotations.Strings("").warnings ==
        Texts{"PromQL warning: sort is ineffective for range queries since results are always ordered by labels"});
}

TEST_CASE("at most ten annotations of a kind are shown, the rest is counted") {
  Annotations annotations;
  for (int i = 0; i < 13; ++i) annotations.Add(PossibleNonCounterInfo(StrCat("m", i), {}));
  annotations.AddForeignWarning("store x is gone");
  const AnnotationStrings strings = annotations.Strings("q");
  REQUIRE(strings.infos.size() == 11);
  CHECK(strings.infos.back() == "3 more info annotations omitted");
  CHECK(strings.warnings == Texts{"store x is gone"});
  CHECK(annotations.Strings("q", 0).infos.size() == 13);
}

}  // namespace
}  // namespace epi::promql
