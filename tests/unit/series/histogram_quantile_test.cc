#include "common/series/histogram_quantile.h"

#include <cmath>
#include <limits>

#include "common/series/classic_histogram.h"
#include "tests/support/catch.h"

namespace epi::series {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

FloatHistogram OneTwoOne() {
  FloatHistogram h;
  h.count = 4;
  h.sum = 5;
  h.positive_spans = {{0, 3}};
  h.positive_buckets = {1, 2, 1};
  return h;
}

TEST_CASE("a native quantile is interpolated in the logarithm of the bucket") {
  CHECK(HistogramQuantile(0.5, OneTwoOne()).value == Approx(std::sqrt(2.0)).epsilon(1e-14));
  CHECK(HistogramQuantile(-0.1, OneTwoOne()).value == -kInf);
  CHECK(HistogramQuantile(1.1, OneTwoOne()).value == kInf);
  CHECK(std::isnan(HistogramQuantile(0.5, FloatHistogram()).value));
}

TEST_CASE("native quantiles of a negative side mirror those of the positive side") {
  FloatHistogram h = OneTwoOne();
  std::swap(h.positive_spans, h.negative_spans);
  std::swap(h.positive_buckets, h.negative_buckets);
  CHECK(HistogramQuantile(0.5, h).value == Approx(-std::sqrt(2.0)).epsilon(1e-14));
  CHECK(HistogramFraction(-2, -1, h).value == 0.5);
}

TEST_CASE("NaN observations above every bucket make the quantile NaN and say so") {
  FloatHistogram h = OneTwoOne();
  h.sum = std::nan("");
  h.count = 8;
  CHECK(HistogramQuantile(0.9, h).note == NanNote::kResultIsNan);
  CHECK(HistogramQuantile(0.1, h).note == NanNote::kSkewedHigher);
  CHECK(HistogramFraction(-kInf, kInf, h).value == 0.5);
  CHECK(HistogramFraction(-kInf, kInf, h).note == NanNote::kExcluded);
}

TEST_CASE("a native fraction at bucket bounds needs no interpolation") {
  CHECK(HistogramFraction(1, 2, OneTwoOne()).value == 0.5);
  CHECK(HistogramFraction(0, 8, OneTwoOne()).value == 1);
  CHECK(HistogramFraction(2, 1, OneTwoOne()).value == 0);
  CHECK(std::isnan(HistogramFraction(std::nan(""), 1, OneTwoOne()).value));
}

TEST_CASE("custom buckets interpolate linearly and their open ends answer with their finite bound") {
  FloatHistogram h;
  h.schema = kCustomBucketsSchema;
  h.custom_values = {-5, 0, 10};
  h.positive_spans = {{0, 4}};
  h.positive_buckets = {1, 0, 8, 1};
  h.count = 10;
  h.sum = 40;
  CHECK(HistogramQuantile(0.05, h).value == -5);
  CHECK(HistogramQuantile(0.5, h).value == 5);
  CHECK(HistogramQuantile(0.99, h).value == 10);
}

TEST_CASE("a classic quantile adds up equal bounds and repairs falling counts") {
  std::vector<ClassicBucket> buckets = {{kInf, 8}, {1, 2}, {1, 2}, {2, 3}};
  const ClassicQuantile result = BucketQuantile(0.5, &buckets);
  CHECK(result.value == 1);
  CHECK(result.forced_monotonic);
  CHECK(result.repaired_bucket_min == 2);
  CHECK(result.repaired_bucket_max == 2);
  CHECK(result.repaired_diff_max == 1);
}

TEST_CASE("a classic quantile above the last finite bound is that bound and without +Inf it is NaN") {
  std::vector<ClassicBucket> buckets = {{1, 2}, {kInf, 10}};
  CHECK(BucketQuantile(0.99, &buckets).value == 1);
  CHECK(BucketQuantile(0.1, &buckets).value == 0.5);
  std::vector<ClassicBucket> open = {{1, 2}, {5, 10}};
  CHECK(std::isnan(BucketQuantile(0.5, &open).value));
  std::vector<ClassicBucket> tiny = {{1, 1}, {2, 1 - 1e-15}, {kInf, 1}};
  CHECK_FALSE(BucketQuantile(0.5, &tiny).forced_monotonic);
}

TEST_CASE("a classic fraction is linear inside a bucket") {
  std::vector<ClassicBucket> buckets = {{2, 4}, {4, 8}, {kInf, 10}};
  CHECK(BucketFraction(1, 3, &buckets) == Approx(0.4));
  CHECK(BucketFraction(-kInf, kInf, &buckets) == 1);
  CHECK(BucketFraction(3, 3, &buckets) == 0);
}

}  // namespace
}  // namespace epi::series
