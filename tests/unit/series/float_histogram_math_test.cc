#include "common/series/float_histogram_math.h"

#include <cmath>
#include <limits>

#include "common/series/float_histogram_sum.h"
#include "common/series/float_histogram_trim.h"
#include "tests/support/catch.h"

namespace epi::series {
namespace {

FloatHistogram Exponential(int32_t schema, std::vector<Span> spans, std::vector<double> buckets) {
  FloatHistogram h;
  h.schema = schema;
  h.positive_spans = std::move(spans);
  h.positive_buckets = std::move(buckets);
  for (const double count : h.positive_buckets) h.count += count;
  return h;
}

FloatHistogram Custom(std::vector<double> bounds, std::vector<double> buckets) {
  FloatHistogram h;
  h.schema = kCustomBucketsSchema;
  h.custom_values = std::move(bounds);
  h.positive_spans = {{0, static_cast<uint32_t>(buckets.size())}};
  h.positive_buckets = std::move(buckets);
  for (const double count : h.positive_buckets) h.count += count;
  return h;
}

TEST_CASE("adding histograms of different schemas lowers the resolution to the coarser one") {
  FloatHistogram coarse = Exponential(-1, {{1, 1}}, {1});
  coarse.sum = 4;
  FloatHistogram fine = Exponential(0, {{1, 2}}, {2, 2});
  fine.sum = 4;
  REQUIRE(Add(&fine, coarse).ok());
  CHECK(fine.schema == -1);
  CHECK(fine.positive_spans == std::vector<Span>{{1, 1}});
  CHECK(fine.positive_buckets == std::vector<double>{5});
  CHECK(fine.sum == 8);
}

TEST_CASE("subtracting a histogram from itself leaves no buckets") {
  FloatHistogram h = Exponential(0, {{0, 2}, {3, 1}}, {1, 2, 3});
  const FloatHistogram same = h;
  REQUIRE(Subtract(&h, same).ok());
  CHECK(h.count == 0);
  CHECK(h.positive_spans.empty());
  CHECK(h.positive_buckets.empty());
}

TEST_CASE("a wider zero bucket swallows the buckets of the other side and moves out of a populated one") {
  FloatHistogram narrow = Exponential(0, {{-1, 3}}, {1, 2, 4});  // (0.25,0.5] (0.5,1] (1,2]
  FloatHistogram wide = Exponential(0, {}, {});
  wide.zero_threshold = 0.75;
  wide.zero_count = 10;
  wide.count = 10;
  REQUIRE(Add(&narrow, wide).ok());
  CHECK(narrow.zero_threshold == 1);
  CHECK(narrow.zero_count == 13);
  CHECK(narrow.positive_spans == std::vector<Span>{{1, 1}});
  CHECK(narrow.positive_buckets == std::vector<double>{4});
}

TEST_CASE("custom buckets with different bounds meet at the bounds they share") {
  FloatHistogram a = Custom({1, 2, 5}, {1, 2, 3, 4});
  const FloatHistogram b = Custom({2, 3, 5}, {10, 20, 30, 40});
  const auto notes = Add(&a, b);
  REQUIRE(notes.ok());
  CHECK(notes->custom_bounds_reconciled);
  CHECK(a.custom_values == std::vector<double>{2, 5});
  CHECK(a.positive_buckets == std::vector<double>{13, 53, 44});
}

TEST_CASE("exponential and custom buckets do not mix") {
  FloatHistogram a = Exponential(0, {{0, 1}}, {1});
  CHECK(Add(&a, Custom({1}, {1, 1})).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("reset meeting not reset is a collision and anything meeting a gauge is a gauge") {
  bool collision = false;
  CHECK(CombineHints(CounterResetHint::kReset, CounterResetHint::kNotReset, &collision) == CounterResetHint::kUnknown);
  CHECK(collision);
  collision = false;
  CHECK(CombineHints(CounterResetHint::kUnknown, CounterResetHint::kNotReset, &collision) == CounterResetHint::kUnknown);
  CHECK(CombineHints(CounterResetHint::kGauge, CounterResetHint::kNotReset, &collision) == CounterResetHint::kGauge);
  CHECK_FALSE(collision);
}

TEST_CASE("division by zero removes the buckets and keeps infinite totals") {
  FloatHistogram h = Exponential(0, {{0, 1}}, {3});
  h.sum = -2;
  Divide(&h, 0);
  CHECK(h.count == std::numeric_limits<double>::infinity());
  CHECK(h.sum == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(h.zero_count));
  CHECK(h.positive_buckets.empty());
}

TEST_CASE("a counter reset shows in a fallen or missing bucket, a finer schema or a smaller zero bucket") {
  const FloatHistogram before = Exponential(0, {{0, 3}}, {1, 2, 3});
  FloatHistogram grown = Exponential(0, {{0, 4}}, {1, 2, 3, 1});
  CHECK_FALSE(DetectReset(grown, before));
  FloatHistogram moved = Exponential(0, {{0, 4}}, {0, 5, 3, 1});
  CHECK(DetectReset(moved, before));
  FloatHistogram missing = Exponential(0, {{1, 2}}, {9, 9});
  CHECK(DetectReset(missing, before));
  FloatHistogram finer = Exponential(1, {{0, 4}}, {9, 9, 9, 9});
  CHECK(DetectReset(finer, before));
  FloatHistogram coarser = Exponential(-1, {{0, 2}}, {1, 5});
  CHECK_FALSE(DetectReset(coarser, before));
  moved.counter_reset_hint = CounterResetHint::kNotReset;
  CHECK_FALSE(DetectReset(moved, before));
  grown.counter_reset_hint = CounterResetHint::kReset;
  CHECK(DetectReset(grown, before));
}

TEST_CASE("equality looks at populated buckets and at the bits of the sum") {
  FloatHistogram a = Exponential(0, {{0, 3}}, {1, 0, 2});
  FloatHistogram b = Exponential(0, {{0, 1}, {1, 1}}, {1, 2});
  CHECK(EqualBits(a, b));
  a.sum = b.sum = std::nan("");
  CHECK(EqualBits(a, b));
  b.sum = 0.0;
  a.sum = -0.0;
  CHECK_FALSE(EqualBits(a, b));
}

TEST_CASE("a compensated sum of histograms loses nothing that cancels out") {
  const FloatHistogram big = Exponential(0, {{0, 1}}, {1e100});
  const FloatHistogram one = Exponential(0, {{0, 1}}, {1});
  FloatHistogram minus = Exponential(0, {{0, 1}}, {-1e100});
  FloatHistogramSum sum(one);
  REQUIRE(sum.Add(big).ok());
  REQUIRE(sum.Add(one).ok());
  REQUIRE(sum.Add(minus).ok());
  CHECK(sum.Sum().positive_buckets == std::vector<double>{2});
  CHECK(sum.Sum().count == 2);
}

TEST_CASE("a mean of histograms survives a sum that overflows") {
  const FloatHistogram huge = Exponential(0, {{0, 1}}, {1.5e308});
  FloatHistogramMean mean(huge);
  REQUIRE(mean.Add(huge).ok());
  REQUIRE(mean.Add(huge).ok());
  CHECK(mean.Mean().count == Approx(1.5e308));
  CHECK(mean.Mean().positive_buckets.at(0) == Approx(1.5e308));
}

TEST_CASE("trimming splits the bucket at the value and estimates the totals anew") {
  FloatHistogram h = Custom({0, 10, 20}, {0, 4, 6, 0});
  h.sum = 100;
  Trim(&h, 15, TrimKeep::kBelow);
  CHECK(h.count == 7);
  CHECK(h.sum == 4 * 5 + 3 * 12.5);
  FloatHistogram untouched = Custom({0, 10, 20}, {0, 4, 6, 0});
  untouched.sum = 100;
  Trim(&untouched, 20, TrimKeep::kBelow);
  CHECK(untouched.sum == 100);
}

TEST_CASE("exponential bounds are exact at powers of two and end at the largest double") {
  CHECK(ExponentialBound(0, 0) == 1);
  CHECK(ExponentialBound(8, 3) == 2);
  CHECK(ExponentialBound(-3, 0) == 0.125);
  CHECK(ExponentialBound(1, -2) == 16);
  CHECK(ExponentialBound(1, 1) == Approx(std::sqrt(2.0)).epsilon(1e-15));
  CHECK(ExponentialBound(1024, 0) == std::numeric_limits<double>::max());
  CHECK(ExponentialBound(1025, 0) == std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace epi::series
