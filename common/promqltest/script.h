// Test scripts of PromQL: blocks of lines that load series, evaluate expressions and say what must come out.
//
//   load 5m
//     http_requests_total{job="api"} 0+10x10
//
//   eval instant at 50m sum by (job) (http_requests_total)
//     expect no_warn
//     {job="api"} 100
//
// Commands:  clear | load DURATION | load_with_nhcb DURATION | eval instant [at T] EXPR | eval range from A to B step S EXPR;
//            eval_fail, eval_warn, eval_info and eval_ordered are older forms of expect lines.
// Expect:    expect fail|warn|info|no_warn|no_info|ordered [msg: TEXT | regex: RE]; expect string "TEXT";
//            expect range vector from A to B step S. Then one line per series, or a bare number for a scalar.
// A blank line or one that starts with # ends a block.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/status.h"
#include "common/labels/matcher.h"
#include "common/promqltest/series_description.h"
#include "common/series/memory_storage.h"

namespace epi::promqltest {

struct ClearCommand {};

struct LoadCommand {
  struct Series {
    labels::Labels labels;
    std::vector<series::StoredSample> samples;
  };
  int line = 0;
  bool with_nhcb = false;
  std::vector<Series> series;  // Each once: a later line replaces an earlier one.
};

// What a message must look like; neither set: anything.
struct MessagePattern {
  std::optional<std::string> text;
  std::optional<labels::Matcher> regex;

  bool Matches(std::string_view message) const;
  std::string ToString() const;
};

struct ExpectedSeries {
  labels::Labels labels;
  std::vector<SequenceValue> values;
  int position = 0;  // From 1, for ordered answers.
};

struct EvalCommand {
  int line = 0;
  std::string expr;
  bool is_range = false;
  int64_t time_ms = 0;  // Of an instant query.
  // Of a range query, or of the points of an expected range vector.
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 0;

  bool ordered = false;
  bool expect_any_warn = false;
  bool expect_any_info = false;
  bool no_warn = false;
  bool no_info = false;
  std::optional<MessagePattern> fail;
  std::vector<MessagePattern> warn;
  std::vector<MessagePattern> info;

  bool expect_range_vector = false;
  std::optional<std::string> string;
  std::optional<double> scalar;
  std::vector<ExpectedSeries> series;
};

using Command = std::variant<ClearCommand, LoadCommand, EvalCommand>;

// Errors: InvalidArgument "line N: reason". Expressions must parse with all features on.
Result<std::vector<Command>> ParseScript(std::string_view text);

}  // namespace epi::promqltest
