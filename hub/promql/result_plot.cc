#include "hub/promql/result_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <variant>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "hub/promql/result_table.h"

namespace epi::hub {
namespace {

// Columns left for a bar or a chart however long the labels are.
constexpr size_t kDrawnWidthMin = 10;

struct Bounds {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void Include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

// 0 for `low`, cells - 1 for `high`. A single value is in the middle. Halved first, so that the span of any two doubles is finite.
size_t CellOf(double value, const Bounds& bounds, size_t cells) {
  const double span = bounds.high / 2 - bounds.low / 2;
  if (span == 0) return cells / 2;
  const double part = (value / 2 - bounds.low / 2) / span;
  return static_cast<size_t>(std::lround(part * static_cast<double>(cells - 1)));
}

std::string AxisText(double value) {
  char buffer[32];
  const int size = std::snprintf(buffer, sizeof(buffer), "%.4g", value);
  return {buffer, static_cast<size_t>(size)};
}

std::string PadLeft(std::string text, size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

void AddNote(size_t count, std::string_view what, std::vector<std::string>* notes) {
  if (count > 0) notes->push_back(StrCat("not drawn, ", what, ": ", count));
}

// A grid of characters with one letter per series.
class Chart {
 public:
  Chart(const promql::Matrix& matrix, const PlotSize& size) : matrix_(matrix), shown_(std::min(matrix.size(), kPlottedSeriesMax)) {
    Measure();
    if (values_.empty()) return;
    low_text_ = AxisText(values_.low);
    high_text_ = AxisText(values_.high);
    axis_width_ = std::max(low_text_.size(), high_text_.size());
    const size_t taken = axis_width_ + 2;
    columns_ = std::max(kDrawnWidthMin, size.width > taken ? size.width - taken : 0);
    rows_.assign(std::max<size_t>(size.height, 2), std::string(columns_, ' '));
    for (size_t i = 0; i < shown_; ++i) Draw(matrix_[i], static_cast<char>('a' + i));
  }

  std::string Text() const {
    if (values_.empty()) return "";
    std::string out;
    for (size_t i = 0; i < rows_.size(); ++i) {
      StrAppend(&out, PadLeft(RowLabel(i), axis_width_), " |", TrimmedEnd(rows_[i]), "\n");
    }
    const std::string indent(axis_width_ + 1, ' ');
    StrAppend(&out, indent, "+", std::string(columns_, '-'), "\n", indent, " ", TimeAxis(), "\n");
    for (size_t i = 0; i < shown_; ++i) {
      StrAppend(&out, static_cast<char>('a' + i), " ", matrix_[i].labels.ToSeriesString(), "\n");
    }
    return out;
  }

  void Notes(std::vector<std::string>* notes) const {
    AddNote(matrix_.size() - shown_, "series beyond the letters", notes);
    AddNote(not_finite_, "points that are NaN or infinite", notes);
    AddNote(histograms_, "native histograms", notes);
  }

 private:
  void Measure() {
    for (size_t i = 0; i < shown_; ++i) {
      histograms_ += matrix_[i].histograms.size();
      for (const promql::FloatPoint& point : matrix_[i].floats) {
        if (!std::isfinite(point.value)) {
          ++not_finite_;
          continue;
        }
        values_.Include(point.value);
        first_ms_ = std::min(first_ms_, point.t_ms);
        last_ms_ = std::max(last_ms_, point.t_ms);
      }
    }
  }

  void Draw(const promql::MatrixSeries& series, char letter) {
    const Bounds times{static_cast<double>(first_ms_), static_cast<double>(last_ms_)};
    for (const promql::FloatPoint& point : series.floats) {
      if (!std::isfinite(point.value)) continue;
      const size_t row = rows_.size() - 1 - CellOf(point.value, values_, rows_.size());
      rows_[row][CellOf(static_cast<double>(point.t_ms), times, columns_)] = letter;
    }
  }

  // A flat line needs one label only.
  std::string RowLabel(size_t row) const {
    if (values_.low == values_.high) return row == rows_.size() - 1 - rows_.size() / 2 ? low_text_ : "";
    return row == 0 ? high_text_ : row + 1 == rows_.size() ? low_text_ : "";
  }

  // First time at the left, last time at the right.
  std::string TimeAxis() const {
    const std::string first = FormatRfc3339Ms(first_ms_);
    const std::string last = FormatRfc3339Ms(last_ms_);
    const size_t used = first.size() + last.size();
    if (first == last || used + 1 > columns_) return first;
    return StrCat(first, std::string(columns_ - used, ' '), last);
  }

  static std::string_view TrimmedEnd(std::string_view row) { return row.substr(0, row.find_last_not_of(' ') + 1); }

  const promql::Matrix& matrix_;
  const size_t shown_;
  Bounds values_;
  int64_t first_ms_ = INT64_MAX;
  int64_t last_ms_ = INT64_MIN;
  size_t not_finite_ = 0;
  size_t histograms_ = 0;
  std::string low_text_;
  std::string high_text_;
  size_t axis_width_ = 0;
  size_t columns_ = 0;
  std::vector<std::string> rows_;
};

// Bars start at the smallest value, or at zero when that is positive.
class Bars {
 public:
  Bars(const promql::Vector& vector, const PlotSize& size) : vector_(vector) {
    bounds_.Include(0);
    for (const promql::VectorSample& sample : vector) {
      name_width_ = std::max(name_width_, TextWidth(sample.labels.ToSeriesString()));
      value_width_ = std::max(value_width_, SampleText(sample.value, sample.histogram).size());
      if (sample.histogram == nullptr && std::isfinite(sample.value)) bounds_.Include(sample.value);
    }
    const size_t taken = name_width_ + value_width_ + 3;
    columns_ = std::max(kDrawnWidthMin, size.width > taken ? size.width - taken : 0);
  }

  std::string Text() const {
    std::string out;
    for (const promql::VectorSample& sample : vector_) {
      const std::string name = sample.labels.ToSeriesString();
      const std::string bar = BarOf(sample);
      const std::string value = SampleText(sample.value, sample.histogram);
      StrAppend(&out, name, std::string(name_width_ - TextWidth(name), ' '), " |", bar,
                std::string(columns_ - bar.size() + 1, ' '), PadLeft(value, value_width_), "\n");
    }
    return out;
  }

 private:
  std::string BarOf(const promql::VectorSample& sample) const {
    if (sample.histogram != nullptr || !std::isfinite(sample.value) || bounds_.low == bounds_.high) return "";
    return std::string(CellOf(sample.value, bounds_, columns_ + 1), '#');
  }

  const promql::Vector& vector_;
  Bounds bounds_;
  size_t name_width_ = 0;
  size_t value_width_ = 0;
  size_t columns_ = 0;
};

}  // namespace

std::string ResultPlot(const promql::Value& value, const PlotSize& size, std::vector<std::string>* notes) {
  if (const auto* vector = std::get_if<promql::Vector>(&value)) return Bars(*vector, size).Text();
  if (const auto* matrix = std::get_if<promql::Matrix>(&value)) {
    const Chart chart(*matrix, size);
    chart.Notes(notes);
    return chart.Text();
  }
  return ResultTable(value);
}

}  // namespace epi::hub
