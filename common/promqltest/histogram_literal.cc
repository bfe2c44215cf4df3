#include "common/promqltest/histogram_literal.h"

#include <set>
#include <vector>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/promqltest/series_description.h"

namespace epi::promqltest {
namespace {

using series::CounterResetHint;
using series::FloatHistogram;

struct HintName {
  std::string_view name;
  CounterResetHint hint;
};
constexpr HintName kHints[] = {{"unknown", CounterResetHint::kUnknown},
                               {"reset", CounterResetHint::kReset},
                               {"not_reset", CounterResetHint::kNotReset},
                               {"gauge", CounterResetHint::kGauge}};

class HistogramReader {
 public:
  explicit HistogramReader(TextScanner* scanner) : scanner_(scanner) {}

  Result<HistogramLiteral> Read() {
    if (!scanner_->TakeIf("{{")) return scanner_->Error("expected a histogram");
    scanner_->SkipSpace();
    while (!scanner_->TakeIf("}}")) {
      RETURN_IF_ERROR(ReadItem());
      scanner_->SkipSpace();
      if (scanner_->empty()) return scanner_->Error("histogram without }}");
    }
    FloatHistogram& histogram = literal_.histogram;
    if (!histogram.positive_buckets.empty()) histogram.positive_spans = {SpanOf(offset_, histogram.positive_buckets)};
    if (!histogram.negative_buckets.empty()) histogram.negative_spans = {SpanOf(negative_offset_, histogram.negative_buckets)};
    return std::move(literal_);
  }

 private:
  static series::Span SpanOf(int32_t offset, const std::vector<double>& buckets) {
    return {.offset = offset, .length = static_cast<uint32_t>(buckets.size())};
  }

  Status ReadItem() {
    const std::string key(scanner_->TakeWord());
    if (!scanner_->TakeIf(":")) return scanner_->Error("expected a histogram key and a colon");
    if (!seen_.insert(key).second) return InvalidArgumentError(StrCat("duplicate key \"", key, "\" in histogram"));
    FloatHistogram& histogram = literal_.histogram;
    if (key == "schema") return ReadInt(&histogram.schema);
    if (key == "offset") return ReadInt(&offset_);
    if (key == "n_offset") return ReadInt(&negative_offset_);
    if (key == "sum") return ReadNumber(&histogram.sum);
    if (key == "count") return ReadNumber(&histogram.count);
    if (key == "z_bucket") return ReadNumber(&histogram.zero_count);
    if (key == "z_bucket_w") return ReadNumber(&histogram.zero_threshold);
    if (key == "custom_values") return ReadList(&histogram.custom_values);
    if (key == "buckets") return ReadList(&histogram.positive_buckets);
    if (key == "n_buckets") return ReadList(&histogram.negative_buckets);
    if (key == "counter_reset_hint") return ReadHint();
    return InvalidArgumentError(StrCat("bad histogram descriptor found: \"", key, "\""));
  }

  Status ReadInt(int32_t* value) {
    const int64_t number = TRY(scanner_->TakeInteger());
    if (number < INT32_MIN || number > INT32_MAX) return scanner_->Error("integer out of range before");
    *value = static_cast<int32_t>(number);
    return OkStatus();
  }

  Status ReadNumber(double* value) {
    *value = TRY(scanner_->TakeNumber());
    return OkStatus();
  }

  Status ReadList(std::vector<double>* values) {
    if (!scanner_->TakeIf("[")) return scanner_->Error("expected [");
    scanner_->SkipSpace();
    while (!scanner_->TakeIf("]")) {
      if (values->size() == kSamplesPerLineMax) return scanner_->Error("too many buckets");
      values->push_back(TRY(scanner_->TakeNumber()));
      scanner_->SkipSpace();
    }
    return OkStatus();
  }

  Status ReadHint() {
    const std::string_view name = scanner_->TakeWord();
    for (const HintName& hint : kHints) {
      if (hint.name != name) continue;
      literal_.histogram.counter_reset_hint = hint.hint;
      literal_.hint_given = true;
      return OkStatus();
    }
    return InvalidArgumentError(StrCat("unknown counter reset hint \"", name, "\""));
  }

  TextScanner* const scanner_;
  HistogramLiteral literal_;
  std::set<std::string> seen_;
  int32_t offset_ = 0;
  int32_t negative_offset_ = 0;
};

class HistogramWriter {
 public:
  std::string Write(const FloatHistogram& histogram) {
    if (histogram.schema != 0) StrAppend(&out_, " schema:", histogram.schema);
    Number("count", histogram.count);
    Number("sum", histogram.sum);
    Number("z_bucket", histogram.zero_count);
    Number("z_bucket_w", histogram.zero_threshold);
    if (!histogram.custom_values.empty()) List("custom_values", histogram.custom_values);
    if (histogram.counter_reset_hint != CounterResetHint::kUnknown) {
      StrAppend(&out_, " counter_reset_hint:", kHints[static_cast<size_t>(histogram.counter_reset_hint)].name);
    }
    Buckets("", histogram.positive_spans, histogram.positive_buckets);
    Buckets("n_", histogram.negative_spans, histogram.negative_buckets);
    return StrCat("{{", out_.empty() ? out_ : out_.substr(1), "}}");
  }

 private:
  void Number(std::string_view key, double value) {
    if (value != 0) StrAppend(&out_, " ", key, ":", FormatFloatG(value));
  }

  void List(std::string_view key, const std::vector<double>& values) {
    StrAppend(&out_, " ", key, ":[");
    for (size_t i = 0; i < values.size(); ++i) StrAppend(&out_, i == 0 ? "" : " ", FormatFloatG(values[i]));
    out_ += ']';
  }

  // Gaps between spans become zeros.
  void Buckets(std::string_view prefix, const std::vector<series::Span>& spans, const std::vector<double>& buckets) {
    if (buckets.empty()) return;
    if (spans.front().offset != 0) StrAppend(&out_, " ", prefix, "offset:", spans.front().offset);
    std::vector<double> dense;
    size_t next = 0;
    for (size_t i = 0; i < spans.size(); ++i) {
      if (i > 0) dense.resize(dense.size() + static_cast<size_t>(spans[i].offset));
      for (uint32_t j = 0; j < spans[i].length && next < buckets.size(); ++j) dense.push_back(buckets[next++]);
    }
    List(StrCat(prefix, "buckets"), dense);
  }

  std::string out_;
};

}  // namespace

Result<HistogramLiteral> TakeHistogram(TextScanner* scanner) { return HistogramReader(scanner).Read(); }

std::string HistogramText(const FloatHistogram& histogram) { return HistogramWriter().Write(histogram); }

}  // namespace epi::promqltest
