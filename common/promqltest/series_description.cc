#include "common/promqltest/series_description.h"

#include <bit>

#include "common/base/duration.h"
#include "common/base/str_cat.h"
#include "common/promql/parse.h"
#include "common/promqltest/histogram_literal.h"
#include "common/promqltest/text_scanner.h"
#include "common/series/float_histogram_math.h"
#include "common/series/sample.h"

namespace epi::promqltest {
namespace {

// Bytes of the metric at the front of a line: up to the first space outside of braces and quotes.
size_t MetricSize(std::string_view line) {
  char quote = '\0';
  int braces = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != '\0') {
      if (c == '\\' && quote != '`') {
        ++i;
      } else if (c == quote) {
        quote = '\0';
      }
    } else if (c == '"' || c == '\'' || c == '`') {
      quote = c;
    } else if (c == '{') {
      ++braces;
    } else if (c == '}') {
      if (--braces == 0) return i + 1;
    } else if (braces == 0 && (c == ' ' || c == '\t')) {
      // A brace may follow after the space: metric {a="b"}. Two of them begin a histogram.
      const std::string_view rest = line.substr(std::min(line.find_first_not_of(" \t", i), line.size()));
      if (!rest.starts_with('{') || rest.starts_with("{{")) return i;
    }
  }
  return line.size();
}

class SequenceReader {
 public:
  explicit SequenceReader(std::string_view items) : scanner_(items) {}

  Result<std::vector<SequenceValue>> Read() {
    while (true) {
      const bool space = scanner_.SkipSpace();
      if (scanner_.empty()) return std::move(values_);
      if (!space) return scanner_.Error("expected a space");
      RETURN_IF_ERROR(ReadItem());
    }
  }

 private:
  Status ReadItem() {
    if (scanner_.TakeIf("_")) return ReadOmitted();
    if (scanner_.rest().starts_with("{{")) return ReadHistograms();
    if (scanner_.TakeIf("stale")) return Repeat(std::bit_cast<double>(series::kStaleNanBits), 0);
    const double value = TRY(scanner_.TakeNumber());
    if (scanner_.Peek() != '+' && scanner_.Peek() != '-') return Repeat(value, 0);
    const double step = TRY(scanner_.TakeNumber());
    if (scanner_.Peek() != 'x') return scanner_.Error("expected x and a number of repetitions");
    return Repeat(value, step);
  }

  // The N of an xN that may follow; 0 without.
  Result<uint64_t> TakeRepetitions() {
    if (!scanner_.TakeIf("x")) return uint64_t{0};
    const uint64_t count = TRY(scanner_.TakeCount());
    if (count >= kSamplesPerLineMax - std::min(values_.size(), kSamplesPerLineMax)) {
      return InvalidArgumentError(StrCat("more than ", kSamplesPerLineMax, " samples in one line"));
    }
    return count;
  }

  Status ReadOmitted() {
    const bool repeated = scanner_.Peek() == 'x';
    const uint64_t count = repeated ? TRY(TakeRepetitions()) : uint64_t{1};
    values_.insert(values_.end(), count, SequenceValue{.omitted = true, .value = 0, .histogram = {}, .hint_given = false});
    return OkStatus();
  }

  Status Repeat(double value, double step) {
    const uint64_t count = TRY(TakeRepetitions());
    for (uint64_t i = 0; i <= count; ++i) {
      values_.push_back({.omitted = false, .value = value, .histogram = {}, .hint_given = false});
      // A stale marker would not survive an addition.
      if (step != 0) value += step;
    }
    return OkStatus();
  }

  Status ReadHistograms() {
    HistogramLiteral base = TRY(TakeHistogram(&scanner_));
    if (scanner_.rest().starts_with("+{{")) return ReadHistogramSum(std::move(base), 1);
    if (scanner_.rest().starts_with("-{{")) return ReadHistogramSum(std::move(base), -1);
    const uint64_t count = TRY(TakeRepetitions());
    const auto shared = std::make_shared<const series::FloatHistogram>(std::move(base.histogram));
    const SequenceValue value{.omitted = false, .value = 0, .histogram = shared, .hint_given = base.hint_given};
    values_.insert(values_.end(), count + 1, value);
    return OkStatus();
  }

  Status ReadHistogramSum(HistogramLiteral base, int sign) {
    scanner_.TakeIf(sign > 0 ? "+" : "-");
    const HistogramLiteral step = TRY(TakeHistogram(&scanner_));
    if (scanner_.Peek() != 'x') return scanner_.Error("expected x and a number of repetitions");
    const uint64_t count = TRY(TakeRepetitions());
    for (uint64_t i = 0; i <= count; ++i) {
      if (i > 0) RETURN_IF_ERROR(Step(step.histogram, sign, &base.histogram));
      values_.push_back({.omitted = false,
                         .value = 0,
                         .histogram = std::make_shared<const series::FloatHistogram>(base.histogram),
                         .hint_given = step.hint_given});
    }
    return OkStatus();
  }

  static Status Step(const series::FloatHistogram& step, int sign, series::FloatHistogram* current) {
    if (current->schema > step.schema) {
      return InvalidArgumentError(
          StrCat("error combining histograms: cannot merge from schema ", step.schema, " to ", current->schema));
    }
    return (sign > 0 ? series::Add(current, step) : series::Subtract(current, step)).status();
  }

  TextScanner scanner_;
  std::vector<SequenceValue> values_;
};

// A duration with an optional sign at the front: -1m, 30s.
Result<int64_t> TakeOffset(TextScanner* scanner) {
  const bool negative = scanner->Peek() == '-';
  if (negative || scanner->Peek() == '+') scanner->TakeIf(scanner->rest().substr(0, 1));
  const std::string_view text = scanner->rest().substr(0, scanner->rest().find_first_of(" \t+-x"));
  scanner->TakeIf(text);
  const int64_t ms = TRY(ParseDuration(text)).count();
  return negative ? -ms : ms;
}

Status ReadStartTimeItem(TextScanner* scanner, std::vector<std::optional<int64_t>>* offsets) {
  std::optional<int64_t> offset;
  int64_t step = 0;
  const bool omitted = scanner->TakeIf("_");
  if (!omitted) {
    offset = TRY(TakeOffset(scanner));
    if (scanner->Peek() == '+' || scanner->Peek() == '-') {
      step = TRY(TakeOffset(scanner));
      if (scanner->Peek() != 'x') return scanner->Error("expected x and a number of repetitions");
    }
  }
  uint64_t count = 1;
  if (scanner->TakeIf("x")) count = TRY(scanner->TakeCount()) + (omitted ? 0 : 1);
  if (count > kSamplesPerLineMax - std::min(offsets->size(), kSamplesPerLineMax)) return scanner->Error("too many start times");
  for (uint64_t i = 0; i < count; ++i) {
    offsets->push_back(offset);
    if (offset.has_value()) *offset += step;
  }
  return OkStatus();
}

}  // namespace

Result<SeriesDescription> ParseSeriesDescription(std::string_view line) {
  const size_t size = MetricSize(line);
  SeriesDescription description;
  description.labels = TRY(promql::ParseMetric(line.substr(0, size)));
  description.values = TRY(SequenceReader(line.substr(size)).Read());
  return description;
}

bool IsStartTimesLine(std::string_view line) {
  const size_t space = line.find_first_of(" \t");
  return space != std::string_view::npos && line.substr(0, space).ends_with("@st");
}

Result<StartTimesDescription> ParseStartTimes(std::string_view line) {
  TextScanner scanner(line);
  std::string_view metric = scanner.TakeField();
  metric.remove_suffix(3);
  StartTimesDescription description;
  description.labels = TRY(promql::ParseMetric(metric));
  while (scanner.SkipSpace() && !scanner.empty()) RETURN_IF_ERROR(ReadStartTimeItem(&scanner, &description.offsets_ms));
  if (!scanner.empty()) return scanner.Error("expected a space");
  return description;
}

}  // namespace epi::promqltest
