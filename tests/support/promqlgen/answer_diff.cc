#include "tests/support/promqlgen/answer_diff.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "common/base/str_cat.h"
#include "common/promqltest/histogram_literal.h"
#include "common/series/float_histogram_math.h"

namespace epi::promqlgen {
namespace {

using promql::Matrix;
using promql::Vector;

class Differ {
 public:
  explicit Differ(const DiffOptions& options) : options_(options) {}

  bool Same(double a, double b) const {
    if (std::isnan(a) && std::isnan(b)) return true;
    if (a == b) return std::signbit(a) == std::signbit(b) || options_.tolerance > 0;
    if (!std::isfinite(a) || !std::isfinite(b)) return false;
    return std::fabs(a - b) <= options_.tolerance * std::max(std::fabs(a), std::fabs(b));
  }
  bool Same(const std::vector<double>& a, const std::vector<double>& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [this](double x, double y) { return Same(x, y); });
  }
  bool Same(const promql::HistogramPtr& a, const promql::HistogramPtr& b) const {
    if ((a == nullptr) != (b == nullptr)) return false;
    if (a == nullptr) return true;
    series::FloatHistogram x = *a;
    series::FloatHistogram y = *b;
    series::Compact(&x);
    series::Compact(&y);
    return x.schema == y.schema && x.zero_threshold == y.zero_threshold && Same(x.zero_count, y.zero_count) && Same(x.count, y.count) &&
           Same(x.sum, y.sum) && x.custom_values == y.custom_values && x.positive_spans == y.positive_spans &&
           x.negative_spans == y.negative_spans && Same(x.positive_buckets, y.positive_buckets) &&
           Same(x.negative_buckets, y.negative_buckets);
  }

  std::string Of(const promql::Value& expected, const promql::Value& actual) const {
    if (expected.index() != actual.index()) return "values of different types";
    if (const auto* scalar = std::get_if<promql::Scalar>(&expected)) {
      const double other = std::get<promql::Scalar>(actual).value;
      return Same(scalar->value, other) ? "" : StrCat("scalar ", scalar->value, " against ", other);
    }
    if (const auto* text = std::get_if<promql::String>(&expected)) {
      return text->value == std::get<promql::String>(actual).value ? "" : "other string";
    }
    if (const auto* vector = std::get_if<Vector>(&expected)) return OfVectors(*vector, std::get<Vector>(actual));
    return OfMatrices(std::get<Matrix>(expected), std::get<Matrix>(actual));
  }

 private:
  static std::string Text(double value, const promql::HistogramPtr& histogram) {
    return histogram == nullptr ? StrCat(value) : promqltest::HistogramText(*histogram);
  }

  std::string OfVectors(Vector expected, Vector actual) const {
    if (!options_.ordered) {
      const auto before = [](const auto& a, const auto& b) { return a.labels < b.labels; };
      std::stable_sort(expected.begin(), expected.end(), before);
      std::stable_sort(actual.begin(), actual.end(), before);
    }
    for (size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
      if (i >= actual.size()) return StrCat("missing ", expected[i].labels.ToString());
      if (i >= expected.size()) return StrCat("surplus ", actual[i].labels.ToString());
      if (expected[i].labels != actual[i].labels) {
        return StrCat(expected[i].labels.ToString(), " against ", actual[i].labels.ToString());
      }
      if (!Same(expected[i].value, actual[i].value) || !Same(expected[i].histogram, actual[i].histogram)) {
        return StrCat(expected[i].labels.ToString(), ": ", Text(expected[i].value, expected[i].histogram), " against ",
                      Text(actual[i].value, actual[i].histogram));
      }
    }
    return "";
  }

  std::string OfMatrices(const Matrix& expected, const Matrix& actual) const {
    for (size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
      if (i >= actual.size()) return StrCat("missing ", expected[i].labels.ToString());
      if (i >= expected.size()) return StrCat("surplus ", actual[i].labels.ToString());
      const promql::MatrixSeries& a = expected[i];
      const promql::MatrixSeries& b = actual[i];
      if (a.labels != b.labels) return StrCat(a.labels.ToString(), " against ", b.labels.ToString());
      if (a.floats.size() != b.floats.size() || a.histograms.size() != b.histograms.size()) {
        return StrCat(a.labels.ToString(), ": ", a.floats.size(), "+", a.histograms.size(), " points against ", b.floats.size(), "+",
                      b.histograms.size());
      }
      for (size_t k = 0; k < a.floats.size(); ++k) {
        if (a.floats[k].t_ms != b.floats[k].t_ms || !Same(a.floats[k].value, b.floats[k].value)) {
          return StrCat(a.labels.ToString(), ": ", a.floats[k].value, " @", a.floats[k].t_ms, " against ", b.floats[k].value, " @",
                        b.floats[k].t_ms);
        }
      }
      for (size_t k = 0; k < a.histograms.size(); ++k) {
        if (a.histograms[k].t_ms != b.histograms[k].t_ms || !Same(a.histograms[k].histogram, b.histograms[k].histogram)) {
          return StrCat(a.labels.ToString(), ": ", Text(0, a.histograms[k].histogram), " @", a.histograms[k].t_ms, " against ",
                        Text(0, b.histograms[k].histogram), " @", b.histograms[k].t_ms);
        }
      }
    }
    return "";
  }

  const DiffOptions& options_;
};

std::string DiffOfTexts(std::string_view kind, const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  for (const std::string& text : expected) {
    if (std::find(actual.begin(), actual.end(), text) == actual.end()) return StrCat("missing ", kind, ": ", text);
  }
  for (const std::string& text : actual) {
    if (std::find(expected.begin(), expected.end(), text) == expected.end()) return StrCat("surplus ", kind, ": ", text);
  }
  return "";
}

// Which of several duplicates is named follows from the order in which they are looked at.
bool SameError(std::string_view a, std::string_view b) {
  constexpr std::string_view kDuplicates = "found duplicate series for ";
  return a == b || (a.starts_with(kDuplicates) && b.starts_with(kDuplicates));
}

}  // namespace

std::string Difference(const Result<promqltest::Answer>& expected, const Result<promqltest::Answer>& actual, const std::string& query,
                       const DiffOptions& options) {
  if (!expected.ok() || !actual.ok()) {
    if (expected.ok()) return StrCat("error: ", actual.status().ToString());
    if (actual.ok()) return StrCat("no error: ", expected.status().ToString());
    if (SameError(expected.status().message(), actual.status().message())) return "";
    return StrCat("error ", expected.status().message(), " against ", actual.status().message());
  }
  std::string difference = Differ(options).Of(expected->value, actual->value);
  if (!difference.empty() || !options.annotations) return difference;
  const promql::AnnotationStrings a = expected->annotations.Strings(query, 0);
  const promql::AnnotationStrings b = actual->annotations.Strings(query, 0);
  difference = DiffOfTexts("warning", a.warnings, b.warnings);
  return difference.empty() ? DiffOfTexts("info", a.infos, b.infos) : difference;
}

}  // namespace epi::promqlgen
