#include "common/api/result_json.h"

#include <cstring>

#include "common/base/json_writer.h"
#include "common/series/histogram_buckets.h"

namespace epi::api {
namespace {

// Bytes below 0x20 without a short escape, as \u00XX.
void AppendControlEscape(std::string* out, unsigned char byte) {
  constexpr char kHex[] = "0123456789abcdef";
  out->append("\\u00");
  out->push_back(kHex[byte >> 4]);
  out->push_back(kHex[byte & 15]);
}

void AppendEscaped(std::string* out, char c) {
  switch (c) {
    case '"': out->append("\\\""); return;
    case '\\': out->append("\\\\"); return;
    case '\n': out->append("\\n"); return;
    case '\r': out->append("\\r"); return;
    case '\t': out->append("\\t"); return;
    default: AppendControlEscape(out, static_cast<unsigned char>(c));
  }
}

// Copies runs between the few bytes that need an escape.
void AppendLabelString(std::string* out, std::string_view text) {
  out->push_back('"');
  size_t run = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out->append(text.substr(run, i - run));
    AppendEscaped(out, c);
    run = i + 1;
  }
  out->append(text.substr(run));
  out->push_back('"');
}

void AppendQuotedValue(std::string* out, double value) {
  char buffer[kFloatFBytesMax + 2];
  buffer[0] = '"';
  char* end = WriteSampleValue(buffer + 1, value);
  *end++ = '"';
  out->append(buffer, static_cast<size_t>(end - buffer));
}

void AppendFloatPoint(std::string* out, int64_t t_ms, double value) {
  char buffer[kTimestampBytesMax + kFloatFBytesMax + 5];
  char* end = buffer;
  *end++ = '[';
  end = WriteTimestampMs(end, t_ms);
  *end++ = ',';
  *end++ = '"';
  end = WriteSampleValue(end, value);
  *end++ = '"';
  *end++ = ']';
  out->append(buffer, static_cast<size_t>(end - buffer));
}

void AppendHistogramPoint(std::string* out, int64_t t_ms, const series::FloatHistogram& histogram) {
  out->push_back('[');
  AppendTimestampMs(out, t_ms);
  out->push_back(',');
  AppendHistogramJson(out, histogram);
  out->push_back(']');
}

void AppendBucket(std::string* out, const series::Bucket& bucket) {
  const int rule = bucket.lower_inclusive ? (bucket.upper_inclusive ? 3 : 1) : (bucket.upper_inclusive ? 0 : 2);
  out->push_back('[');
  out->push_back(static_cast<char>('0' + rule));
  for (const double value : {bucket.lower, bucket.upper, bucket.count}) {
    out->push_back(',');
    AppendQuotedValue(out, value);
  }
  out->push_back(']');
}

// Times of scalars and strings are plain JSON numbers: 1.5, not 1.500.
void AppendPlainTime(std::string* out, int64_t t_ms) { AppendJsonFloat(out, static_cast<double>(t_ms) / 1000); }

template <typename Items, typename AppendItem>
void AppendArray(std::string* out, const Items& items, AppendItem append_item) {
  out->push_back('[');
  bool first = true;
  for (const auto& item : items) {
    if (!first) out->push_back(',');
    first = false;
    append_item(item);
  }
  out->push_back(']');
}

}  // namespace

void AppendLabelsJson(std::string* out, const labels::Labels& labels) {
  out->push_back('{');
  bool first = true;
  for (const labels::Label label : labels) {
    if (!first) out->push_back(',');
    first = false;
    AppendLabelString(out, label.name);
    out->push_back(':');
    AppendLabelString(out, label.value);
  }
  out->push_back('}');
}

void AppendHistogramJson(std::string* out, const series::FloatHistogram& histogram) {
  out->append("{\"count\":");
  AppendQuotedValue(out, histogram.count);
  out->append(",\"sum\":");
  AppendQuotedValue(out, histogram.sum);
  bool any = false;
  for (const series::Bucket& bucket : series::AllBuckets(histogram)) {
    if (bucket.count == 0) continue;
    out->append(any ? "," : ",\"buckets\":[");
    any = true;
    AppendBucket(out, bucket);
  }
  out->append(any ? "]}" : "}");
}

void AppendScalarJson(std::string* out, const promql::Scalar& scalar) {
  out->push_back('[');
  AppendPlainTime(out, scalar.t_ms);
  out->append(",\"");
  AppendFloatF(out, scalar.value);
  out->append("\"]");
}

void AppendStringJson(std::string* out, const promql::String& string) {
  out->push_back('[');
  AppendPlainTime(out, string.t_ms);
  out->push_back(',');
  AppendJsonString(out, string.value, HtmlEscape::kYes);
  out->push_back(']');
}

void AppendVectorSampleJson(std::string* out, const promql::VectorSample& sample) {
  out->append("{\"metric\":");
  AppendLabelsJson(out, sample.labels);
  if (sample.histogram != nullptr) {
    out->append(",\"histogram\":");
    AppendHistogramPoint(out, sample.t_ms, *sample.histogram);
  } else {
    out->append(",\"value\":");
    AppendFloatPoint(out, sample.t_ms, sample.value);
  }
  out->push_back('}');
}

void AppendMatrixSeriesJson(std::string* out, const promql::MatrixSeries& series) {
  out->append("{\"metric\":");
  AppendLabelsJson(out, series.labels);
  if (!series.floats.empty()) {
    out->append(",\"values\":");
    AppendArray(out, series.floats, [&](const promql::FloatPoint& p) { AppendFloatPoint(out, p.t_ms, p.value); });
  }
  if (!series.histograms.empty()) {
    out->append(",\"histograms\":");
    AppendArray(out, series.histograms,
                [&](const promql::HistogramPoint& p) { AppendHistogramPoint(out, p.t_ms, *p.histogram); });
  }
  out->push_back('}');
}

ColumnSeriesWriter::ColumnSeriesWriter(const promql::StepGrid& grid) : grid_(grid), steps_(grid.steps()) {
  for (size_t step = 0; step < steps_.size(); ++step) {
    StepText& one = steps_[step];
    one.text[0] = '[';
    char* end = WriteTimestampMs(one.text + 1, grid.TimeAt(step));
    *end++ = ',';
    *end++ = '"';
    one.size = static_cast<uint8_t>(end - one.text);
  }
}

void ColumnSeriesWriter::AppendFloats(std::string* out, const promql::Column& column) const {
  constexpr size_t kPointBytesMax = sizeof(StepText::text) + kFloatFBytesMax + 3;
  char buffer[4096];
  char* end = buffer;
  out->append(",\"values\":[");
  bool first = true;
  column.valid.ForEach([&](size_t step) {
    if (end + kPointBytesMax > buffer + sizeof(buffer)) {
      out->append(buffer, static_cast<size_t>(end - buffer));
      end = buffer;
    }
    if (!first) *end++ = ',';
    first = false;
    // Copied whole: one size is quicker than the right size.
    std::memcpy(end, steps_[step].text, sizeof(StepText::text));
    end = WriteSampleValue(end + steps_[step].size, column.values[step]);
    *end++ = '"';
    *end++ = ']';
  });
  *end++ = ']';
  out->append(buffer, static_cast<size_t>(end - buffer));
}

void ColumnSeriesWriter::Append(std::string* out, const promql::ColumnMatrix::Series& series) const {
  out->append("{\"metric\":");
  AppendLabelsJson(out, series.labels);
  if (series.column.valid.Any()) AppendFloats(out, series.column);
  bool any = false;
  for (size_t step = 0; step < series.column.histograms.size(); ++step) {
    const promql::HistogramPtr* histogram = series.column.HistogramAt(step);
    if (histogram == nullptr) continue;
    out->append(any ? "," : ",\"histograms\":[");
    any = true;
    AppendHistogramPoint(out, grid_.TimeAt(step), **histogram);
  }
  out->append(any ? "]}" : "}");
}

}  // namespace epi::api
