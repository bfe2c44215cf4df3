#include "common/promqltest/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/promqltest/histogram_literal.h"
#include "common/series/float_histogram_math.h"
#include "common/series/sample.h"

namespace epi::promqltest {
namespace {

constexpr double kTolerance = 1e-6;

Status Differs(std::string message) { return FailedPreconditionError(std::move(message)); }

std::string ValueText(double value, const promql::HistogramPtr& histogram) {
  return histogram == nullptr ? FormatFloatG(value) : HistogramText(*histogram);
}

bool Equals(const SequenceValue& expected, double value, const promql::HistogramPtr& histogram) {
  if ((expected.histogram == nullptr) != (histogram == nullptr)) return false;
  if (histogram == nullptr) return AlmostEqual(expected.value, value);
  return AlmostEqual(*expected.histogram, *histogram, expected.hint_given);
}

const ExpectedSeries* Find(const EvalCommand& eval, const labels::Labels& labels) {
  const auto found = std::find_if(eval.series.begin(), eval.series.end(), [&labels](const auto& series) { return series.labels == labels; });
  return found == eval.series.end() ? nullptr : &*found;
}

template <typename Series>
Status CheckNoneMissing(const EvalCommand& eval, const std::vector<Series>& actual) {
  for (const ExpectedSeries& expected : eval.series) {
    if (std::none_of(actual.begin(), actual.end(), [&](const auto& series) { return series.labels == expected.labels; })) {
      return Differs(StrCat("expected metric ", expected.labels.ToString(), " not found"));
    }
  }
  return OkStatus();
}

Status CompareVector(const EvalCommand& eval, const promql::Vector& vector) {
  if (eval.scalar.has_value()) return Differs("expected a scalar, got a vector");
  for (size_t i = 0; i < vector.size(); ++i) {
    const promql::VectorSample& sample = vector[i];
    const ExpectedSeries* expected = Find(eval, sample.labels);
    const std::string got = ValueText(sample.value, sample.histogram);
    if (expected == nullptr) return Differs(StrCat("unexpected metric ", sample.labels.ToString(), " with value ", got));
    if (eval.ordered && expected->position != static_cast<int>(i) + 1) {
      return Differs(StrCat("expected ", sample.labels.ToString(), " at position ", expected->position, ", it was at ", i + 1));
    }
    const SequenceValue& want = expected->values.front();
    if (!Equals(want, sample.value, sample.histogram)) {
      return Differs(StrCat("expected ", ValueText(want.value, want.histogram), " for ", sample.labels.ToString(), ", got ", got));
    }
  }
  return CheckNoneMissing(eval, vector);
}

struct Point {
  int64_t t_ms = 0;
  double value = 0;
  promql::HistogramPtr histogram;
};

std::vector<Point> PointsOf(const promql::MatrixSeries& series) {
  std::vector<Point> points;
  for (const promql::FloatPoint& point : series.floats) points.push_back({point.t_ms, point.value, nullptr});
  for (const promql::HistogramPoint& point : series.histograms) points.push_back({point.t_ms, 0, point.histogram});
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.t_ms < b.t_ms; });
  return points;
}

std::string PointsText(const std::vector<Point>& points) {
  std::string text;
  for (const Point& point : points) StrAppend(&text, " ", ValueText(point.value, point.histogram), " @", point.t_ms, "ms");
  return text;
}

Status CompareSeries(const EvalCommand& eval, const ExpectedSeries& expected, const promql::MatrixSeries& actual) {
  const std::vector<Point> points = PointsOf(actual);
  const auto fail = [&](std::string reason) {
    return Differs(StrCat(reason, " for ", actual.labels.ToString(), ", got", PointsText(points)));
  };
  size_t next = 0;
  for (size_t i = 0; i < expected.values.size(); ++i) {
    const SequenceValue& want = expected.values[i];
    const int64_t t_ms = eval.start_ms + static_cast<int64_t>(i) * eval.step_ms;
    if (t_ms > eval.end_ms) return fail("more points expected than the time range has");
    if (want.omitted) continue;
    const std::string text = ValueText(want.value, want.histogram);
    if (next == points.size() || points[next].t_ms != t_ms) return fail(StrCat("expected ", text, " at ", t_ms, " ms"));
    if (!Equals(want, points[next].value, points[next].histogram)) {
      return fail(StrCat("expected ", text, " at ", t_ms, " ms, not ", ValueText(points[next].value, points[next].histogram)));
    }
    ++next;
  }
  return next == points.size() ? OkStatus() : fail(StrCat("expected ", next, " points"));
}

Status CompareMatrix(const EvalCommand& eval, const promql::Matrix& matrix) {
  if (eval.ordered) return Differs("expected an ordered result, got a matrix");
  if (eval.scalar.has_value()) return Differs("expected a scalar, got a matrix");
  RETURN_IF_ERROR(CheckSorted(matrix));
  for (const promql::MatrixSeries& series : matrix) {
    const ExpectedSeries* expected = Find(eval, series.labels);
    if (expected == nullptr) {
      return Differs(StrCat("unexpected metric ", series.labels.ToString(), " with", PointsText(PointsOf(series))));
    }
    RETURN_IF_ERROR(CompareSeries(eval, *expected, series));
  }
  return CheckNoneMissing(eval, matrix);
}

bool BucketsEqual(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return AlmostEqual(x, y); });
}

Status CompareMessages(std::string_view kind, const std::vector<MessagePattern>& expected, const std::vector<std::string>& actual) {
  if (expected.empty()) return OkStatus();
  for (const MessagePattern& pattern : expected) {
    if (std::none_of(actual.begin(), actual.end(), [&](const auto& text) { return pattern.Matches(text); })) {
      return Differs(StrCat("expected ", kind, " with ", pattern.ToString(), ", got ", actual.empty() ? "none" : actual.front()));
    }
  }
  for (const std::string& text : actual) {
    if (std::none_of(expected.begin(), expected.end(), [&](const auto& pattern) { return pattern.Matches(text); })) {
      return Differs(StrCat("unexpected ", kind, ": ", text));
    }
  }
  return OkStatus();
}

}  // namespace

bool AlmostEqual(double a, double b) {
  if (series::IsStaleNan(a) || series::IsStaleNan(b)) return series::IsStaleNan(a) && series::IsStaleNan(b);
  if (std::isnan(a) && std::isnan(b)) return true;
  if (a == b) return true;
  constexpr double kMinNormal = std::numeric_limits<double>::min();
  const double sum = std::abs(a) + std::abs(b);
  const double difference = std::abs(a - b);
  if (a == 0 || b == 0 || sum < kMinNormal) return difference < kTolerance * kMinNormal;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kTolerance;
}

bool AlmostEqual(const series::FloatHistogram& expected, const series::FloatHistogram& actual, bool compare_hint) {
  series::FloatHistogram a = expected;
  series::FloatHistogram b = actual;
  series::Compact(&a);
  series::Compact(&b);
  return a.schema == b.schema && AlmostEqual(a.count, b.count) && AlmostEqual(a.sum, b.sum) &&
         AlmostEqual(a.zero_count, b.zero_count) && a.zero_threshold == b.zero_threshold &&
         (!a.UsesCustomBuckets() || a.custom_values == b.custom_values) && a.positive_spans == b.positive_spans &&
         a.negative_spans == b.negative_spans && BucketsEqual(a.positive_buckets, b.positive_buckets) &&
         BucketsEqual(a.negative_buckets, b.negative_buckets) &&
         (!compare_hint || a.counter_reset_hint == b.counter_reset_hint);
}

Status CheckSorted(const promql::Matrix& matrix) {
  const auto unsorted = std::adjacent_find(matrix.begin(), matrix.end(), [](const auto& a, const auto& b) { return b.labels < a.labels; });
  if (unsorted == matrix.end()) return OkStatus();
  return Differs(StrCat("matrix is not sorted by labels at ", unsorted->labels.ToString()));
}

Status CompareValue(const EvalCommand& eval, const promql::Value& value) {
  if (const auto* scalar = std::get_if<promql::Scalar>(&value)) {
    if (!eval.scalar.has_value()) return Differs(StrCat("expected no scalar, got ", FormatFloatG(scalar->value)));
    if (AlmostEqual(*eval.scalar, scalar->value)) return OkStatus();
    return Differs(StrCat("expected scalar ", FormatFloatG(*eval.scalar), ", got ", FormatFloatG(scalar->value)));
  }
  if (const auto* text = std::get_if<promql::String>(&value)) {
    if (eval.string == text->value) return OkStatus();
    return Differs(StrCat("expected string ", eval.string.value_or("(none)"), ", got ", text->value));
  }
  if (const auto* vector = std::get_if<promql::Vector>(&value)) return CompareVector(eval, *vector);
  return CompareMatrix(eval, std::get<promql::Matrix>(value));
}

Status CompareAnnotations(const EvalCommand& eval, const promql::AnnotationStrings& actual) {
  if (eval.expect_any_warn && actual.warnings.empty()) return Differs("expected warnings, got none");
  if (eval.expect_any_info && actual.infos.empty()) return Differs("expected infos, got none");
  RETURN_IF_ERROR(CompareMessages("a warning", eval.warn, actual.warnings));
  RETURN_IF_ERROR(CompareMessages("an info", eval.info, actual.infos));
  if (eval.no_warn && !actual.warnings.empty()) return Differs(StrCat("unexpected warning: ", actual.warnings.front()));
  if (eval.no_info && !actual.infos.empty()) return Differs(StrCat("unexpected info: ", actual.infos.front()));
  return OkStatus();
}

}  // namespace epi::promqltest
