#include "hub/promql/result_table.h"

#include <algorithm>
#include <variant>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/base/utf8.h"
#include "common/tsdb/histogram_text.h"

namespace epi::hub {
namespace {

std::string FloatText(double value) {
  std::string text;
  AppendSampleValue(&text, value);
  return text;
}

void AppendPoint(std::string* out, int64_t t_ms, std::string_view value) {
  StrAppend(out, "  ", FormatRfc3339Ms(t_ms), "  ", value, "\n");
}

// Floats and histograms in one order of time.
void AppendPoints(std::string* out, const promql::MatrixSeries& series) {
  auto histogram = series.histograms.begin();
  const auto append_histograms_before = [&](int64_t t_ms) {
    for (; histogram != series.histograms.end() && histogram->t_ms < t_ms; ++histogram) {
      AppendPoint(out, histogram->t_ms, SampleText(0, histogram->histogram));
    }
  };
  for (const promql::FloatPoint& point : series.floats) {
    append_histograms_before(point.t_ms);
    AppendPoint(out, point.t_ms, FloatText(point.value));
  }
  append_histograms_before(INT64_MAX);
}

struct TableWriter {
  std::string operator()(const promql::Scalar& scalar) const { return FloatText(scalar.value) + "\n"; }
  std::string operator()(const promql::String& string) const { return string.value + "\n"; }
  std::string operator()(const promql::Vector& vector) const {
    std::vector<std::string> names;
    size_t width = 0;
    for (const promql::VectorSample& sample : vector) {
      names.push_back(sample.labels.ToSeriesString());
      width = std::max(width, TextWidth(names.back()));
    }
    std::string out;
    for (size_t i = 0; i < vector.size(); ++i) {
      const std::string gap(width - TextWidth(names[i]) + 2, ' ');
      StrAppend(&out, names[i], gap, SampleText(vector[i].value, vector[i].histogram), "\n");
    }
    return out;
  }
  std::string operator()(const promql::Matrix& matrix) const {
    std::string out;
    for (const promql::MatrixSeries& series : matrix) {
      StrAppend(&out, series.labels.ToSeriesString(), "\n");
      AppendPoints(&out, series);
    }
    return out;
  }
};

}  // namespace

std::string SampleText(double value, const promql::HistogramPtr& histogram) {
  if (histogram == nullptr) return FloatText(value);
  std::string text;
  tsdb::AppendHistogramText(*histogram, tsdb::CountText::kFloat, &text);
  return text;
}

size_t TextWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    text.remove_prefix(DecodeRune(text).size);
    ++width;
  }
  return width;
}

std::string ResultTable(const promql::Value& value) { return std::visit(TableWriter{}, value); }

}  // namespace epi::hub
