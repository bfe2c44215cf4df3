#include "common/promqltest/script.h"

#include <algorithm>
#include <map>

#include "common/base/duration.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/promql/literal.h"
#include "common/promql/parse.h"
#include "common/promqltest/text_scanner.h"

namespace epi::promqltest {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\v\f");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\v\f") - begin + 1);
}

std::vector<std::string_view> TrimmedLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const size_t end = text.find('\n');
    const std::string_view line = Trim(text.substr(0, end));
    lines.push_back(line.starts_with('#') ? std::string_view() : line);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

std::string Lower(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

Result<int64_t> DurationMs(std::string_view text) { return TRY(ParseDuration(text)).count(); }

Result<MessagePattern> Regex(std::string_view pattern) {
  // Matchers match the whole text; a pattern of a script matches a part.
  MessagePattern message;
  message.regex = TRY(labels::Matcher::Make(labels::MatchType::kRegex, "message", StrCat(".*(?:", pattern, ").*")));
  return message;
}

MessagePattern Text(std::string_view text) {
  MessagePattern message;
  message.text = text;
  return message;
}

// "WORD DURATION " at the front.
Result<int64_t> TakeTime(TextScanner* scanner, std::string_view word) {
  if (scanner->TakeField() != word) return scanner->Error(StrCat("expected ", word, " before"));
  scanner->SkipSpace();
  const int64_t ms = TRY(DurationMs(scanner->TakeField()));
  scanner->SkipSpace();
  return ms;
}

struct Grid {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 0;
};

Result<Grid> TakeGrid(TextScanner* scanner) {
  Grid grid;
  grid.start_ms = TRY(TakeTime(scanner, "from"));
  grid.end_ms = TRY(TakeTime(scanner, "to"));
  grid.step_ms = TRY(TakeTime(scanner, "step"));
  if (grid.end_ms < grid.start_ms) return scanner->Error("end is before start, before");
  return grid;
}

void SetGrid(const Grid& grid, EvalCommand* eval) {
  eval->start_ms = grid.start_ms;
  eval->end_ms = grid.end_ms;
  eval->step_ms = grid.step_ms;
}

class ScriptParser {
 public:
  explicit ScriptParser(std::string_view text) : lines_(TrimmedLines(text)) {}

  Result<std::vector<Command>> Parse() {
    for (; line_ < lines_.size(); ++line_) {
      if (lines_[line_].empty()) continue;
      const Status status = ParseCommand();
      if (!status.ok()) return InvalidArgumentError(StrCat("line ", line_ + 1, ": ", status.message()));
    }
    return std::move(commands_);
  }

 private:
  int line_number() const { return static_cast<int>(line_) + 1; }
  std::string_view line() const { return lines_[line_]; }
  // Moves to the next line of the block; false at its end.
  bool NextOfBlock() {
    if (line_ + 1 >= lines_.size() || lines_[line_ + 1].empty()) return false;
    ++line_;
    return true;
  }

  Status ParseCommand() {
    TextScanner scanner(line());
    const std::string word = Lower(scanner.TakeField());
    scanner.SkipSpace();
    if (word == "clear") {
      commands_.emplace_back(ClearCommand());
      return OkStatus();
    }
    if (word == "load" || word == "load_with_nhcb") return ParseLoad(word == "load_with_nhcb", scanner.rest());
    if (word.starts_with("eval")) return ParseEval(word.substr(4), &scanner);
    return InvalidArgumentError(StrCat("invalid command ", GoQuote(line())));
  }

  Status ParseLoad(bool with_nhcb, std::string_view step) {
    LoadCommand load;
    load.line = line_number();
    load.with_nhcb = with_nhcb;
    const int64_t step_ms = TRY(DurationMs(step));
    std::map<labels::Labels, size_t> positions;
    while (NextOfBlock()) {
      StartTimesDescription start_times;
      const bool has_start_times = IsStartTimesLine(line());
      if (has_start_times) {
        start_times = TRY(ParseStartTimes(line()));
        if (!NextOfBlock()) return InvalidArgumentError("@st line has no following sample line");
      }
      const SeriesDescription series = TRY(ParseSeriesDescription(line()));
      if (has_start_times && (start_times.labels != series.labels || start_times.offsets_ms.size() != series.values.size())) {
        return InvalidArgumentError("@st line does not fit the following sample line");
      }
      LoadCommand::Series loaded{series.labels, Samples(series, start_times, step_ms)};
      const auto [known, added] = positions.try_emplace(series.labels, load.series.size());
      if (added) load.series.emplace_back();
      load.series[known->second] = std::move(loaded);
    }
    commands_.emplace_back(std::move(load));
    return OkStatus();
  }

  static std::vector<series::StoredSample> Samples(const SeriesDescription& series, const StartTimesDescription& start_times,
                                                    int64_t step_ms) {
    std::vector<series::StoredSample> samples;
    for (size_t i = 0; i < series.values.size(); ++i) {
      const SequenceValue& value = series.values[i];
      if (value.omitted) continue;
      series::StoredSample sample;
      sample.t_ms = static_cast<int64_t>(i) * step_ms;
      sample.value = value.value;
      sample.histogram = value.histogram;
      if (i < start_times.offsets_ms.size() && start_times.offsets_ms[i].has_value()) {
        sample.start_ms = sample.t_ms + *start_times.offsets_ms[i];
      }
      samples.push_back(std::move(sample));
    }
    return samples;
  }

  Status ParseEval(std::string_view suffix, TextScanner* scanner) {
    EvalCommand eval;
    eval.line = line_number();
    RETURN_IF_ERROR(ApplySuffix(suffix, &eval));
    const std::string_view kind = scanner->TakeField();
    scanner->SkipSpace();
    if (kind == "instant") {
      if (scanner->rest().starts_with("at ")) eval.time_ms = TRY(TakeTime(scanner, "at"));
    } else if (kind == "range") {
      eval.is_range = true;
      SetGrid(TRY(TakeGrid(scanner)), &eval);
    } else {
      return scanner->Error("expected instant or range before");
    }
    eval.expr = scanner->rest();
    RETURN_IF_ERROR(promql::ParseExpr(eval.expr, promql::Features::All()).status());
    RETURN_IF_ERROR(ParseExpectations(&eval));
    commands_.emplace_back(std::move(eval));
    return OkStatus();
  }

  static Status ApplySuffix(std::string_view suffix, EvalCommand* eval) {
    if (suffix == "_fail") {
      eval->fail.emplace();
    } else if (suffix == "_warn") {
      eval->expect_any_warn = true;
    } else if (suffix == "_info") {
      eval->expect_any_info = true;
    } else if (suffix == "_ordered") {
      eval->ordered = true;
    } else if (!suffix.empty()) {
      return InvalidArgumentError(StrCat("invalid evaluation command eval", suffix));
    }
    return OkStatus();
  }

  Status ParseExpectations(EvalCommand* eval) {
    int position = 0;
    while (NextOfBlock()) {
      const bool is_expect = line() == "expect" || line().starts_with("expect ");
      if (is_expect) {
        RETURN_IF_ERROR(ParseExpect(line().substr(std::min<size_t>(7, line().size())), eval));
      } else if (eval->fail.has_value() && line().starts_with("expected_fail_")) {
        return ParseExpectedFail(eval);
      } else if (const auto number = ParseSigned(line()); number.has_value()) {
        eval->scalar = *number;
        return OkStatus();
      } else {
        RETURN_IF_ERROR(ParseExpectedSeries(++position, eval));
      }
    }
    return OkStatus();
  }

  static std::optional<double> ParseSigned(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const Result<double> value = promql::ParseNumber(text);
    if (!value.ok()) return std::nullopt;
    return negative ? -*value : *value;
  }

  Status ParseExpectedSeries(int position, EvalCommand* eval) {
    SeriesDescription series = TRY(ParseSeriesDescription(line()));
    if (!eval->is_range && !eval->expect_range_vector && series.values.size() != 1) {
      return InvalidArgumentError("an instant query answers with one value per series");
    }
    std::erase_if(eval->series, [&series](const ExpectedSeries& known) { return known.labels == series.labels; });
    eval->series.push_back({std::move(series.labels), std::move(series.values), position});
    return OkStatus();
  }

  Status ParseExpectedFail(EvalCommand* eval) {
    TextScanner scanner(line());
    const std::string_view word = scanner.TakeField();
    const std::string_view text = Trim(scanner.rest());
    if (word == "expected_fail_regexp") {
      eval->fail = TRY(Regex(text));
    } else {
      eval->fail = Text(text);
    }
    return OkStatus();
  }

  Status ParseExpect(std::string_view text, EvalCommand* eval) {
    TextScanner scanner(Trim(text));
    const std::string_view kind = scanner.TakeField();
    scanner.SkipSpace();
    if (kind == "string") return ParseExpectedString(scanner.rest(), eval);
    if (kind == "range") return ParseExpectedRangeVector(&scanner, eval);
    MessagePattern pattern;
    if (!scanner.empty()) pattern = TRY(ParsePattern(&scanner));
    if (kind == "ordered") {
      eval->ordered = true;
    } else if (kind == "no_warn") {
      eval->no_warn = true;
    } else if (kind == "no_info") {
      eval->no_info = true;
    } else if (kind == "warn") {
      eval->warn.push_back(std::move(pattern));
    } else if (kind == "info") {
      eval->info.push_back(std::move(pattern));
    } else if (kind != "fail") {
      return InvalidArgumentError(StrCat("invalid expect statement ", GoQuote(text)));
    } else if (eval->fail.has_value()) {
      return InvalidArgumentError("invalid expect lines, multiple expect fail lines are not allowed");
    } else {
      eval->fail = std::move(pattern);
    }
    return CheckExpectations(*eval);
  }

  static Status CheckExpectations(const EvalCommand& eval) {
    if (eval.no_warn && !eval.warn.empty()) {
      return InvalidArgumentError("invalid expect lines, warn and no_warn cannot be used together");
    }
    if (eval.no_info && !eval.info.empty()) {
      return InvalidArgumentError("invalid expect lines, info and no_info cannot be used together");
    }
    return OkStatus();
  }

  static Result<MessagePattern> ParsePattern(TextScanner* scanner) {
    if (scanner->TakeIf("msg:")) return Text(Trim(scanner->rest()));
    if (scanner->TakeIf("regex:")) return Regex(Trim(scanner->rest()));
    return scanner->Error("expected msg: or regex:");
  }

  static Status ParseExpectedString(std::string_view literal, EvalCommand* eval) {
    Result<std::string> value = GoUnquote(literal);
    if (!value.ok()) return InvalidArgumentError("expected string literal not valid - check that the string is correctly quoted");
    eval->string = *std::move(value);
    return OkStatus();
  }

  static Status ParseExpectedRangeVector(TextScanner* scanner, EvalCommand* eval) {
    if (scanner->TakeField() != "vector") return scanner->Error("expected vector before");
    scanner->SkipSpace();
    SetGrid(TRY(TakeGrid(scanner)), eval);
    eval->expect_range_vector = true;
    eval->time_ms = eval->end_ms;
    return OkStatus();
  }

  const std::vector<std::string_view> lines_;
  size_t line_ = 0;
  std::vector<Command> commands_;
};

}  // namespace

bool MessagePattern::Matches(std::string_view message) const {
  if (text.has_value()) return *text == message;
  return !regex.has_value() || regex->Matches(message);
}

std::string MessagePattern::ToString() const {
  if (text.has_value()) return StrCat("message ", GoQuote(*text));
  return regex.has_value() ? StrCat("pattern ", GoQuote(regex->value())) : "any message";
}

Result<std::vector<Command>> ParseScript(std::string_view text) { return ScriptParser(text).Parse(); }

}  // namespace epi::promqltest
