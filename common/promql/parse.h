// Parses PromQL text.
//
// Contract: accepts the language of Prometheus 3.14 and checks types. Error texts and positions are Prometheus' own.
// Threads:  functions; safe from any thread.
// Errors:   InvalidArgument "line:column: parse error: message" of the first error; all of them are in `errors` when asked
//           for. Texts above kQueryBytesMax and trees above kExprDepthMax are refused with InvalidArgument, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/promql/ast.h"
#include "common/promql/options.h"

namespace epi::promql {

struct ParseError {
  PositionRange position;
  std::string message;  // Without the position.
};
using ParseErrors = std::vector<ParseError>;

// "1:5: parse error: message".
std::string ParseErrorText(const ParseError& error, std::string_view query);

Result<ExprPtr> ParseExpr(std::string_view query, const Features& features, ParseErrors* errors = nullptr);

// metric{a="b",c=~"d"}, as match[] takes it: one selector without offset or @.
Result<labels::Matchers> ParseMetricSelector(std::string_view selector);

// metric{a="b"}: the labels of one series.
Result<labels::Labels> ParseMetric(std::string_view metric);

}  // namespace epi::promql
