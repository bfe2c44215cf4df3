#include "common/promql/parse.h"

#include "common/base/str_cat.h"
#include "common/promql/limits.h"
#include "common/promql/parser.h"
#include "common/promql/type_check.h"

namespace epi::promql {
namespace {

Status CheckSize(std::string_view text) {
  if (text.size() <= kQueryBytesMax) return OkStatus();
  return InvalidArgumentError(StrCat("query of ", text.size(), " bytes exceeds the limit of ", kQueryBytesMax));
}

Status FirstError(const ParseErrors& errors, std::string_view query) {
  return InvalidArgumentError(ParseErrorText(errors.front(), query));
}

}  // namespace

std::string ParseErrorText(const ParseError& error, std::string_view query) {
  return StrCat(LineColumn(error.position, query), ": parse error: ", error.message);
}

Result<ExprPtr> ParseExpr(std::string_view query, const Features& features, ParseErrors* errors) {
  RETURN_IF_ERROR(CheckSize(query));
  Parser parser(query, features);
  ExprPtr expr = parser.ParseWholeExpr();
  ParseErrors found = parser.TakeErrors();
  if (found.empty()) CheckTypes(query, expr.get(), &found);
  if (found.empty()) return expr;
  Status status = FirstError(found, query);
  if (errors != nullptr) *errors = std::move(found);
  return status;
}

Result<labels::Matchers> ParseMetricSelector(std::string_view selector) {
  RETURN_IF_ERROR(CheckSize(selector));
  Parser parser(selector, Features());
  const auto parsed = parser.ParseWholeSelector();
  if (parsed == nullptr) return FirstError(parser.errors(), selector);
  return std::move(parsed->matchers);
}

Result<labels::Labels> ParseMetric(std::string_view metric) {
  RETURN_IF_ERROR(CheckSize(metric));
  Parser parser(metric, Features());
  const auto pairs = parser.ParseWholeMetric();
  if (!parser.errors().empty()) return FirstError(parser.errors(), metric);
  std::vector<labels::Label> views;
  views.reserve(pairs.size());
  for (const auto& [name, value] : pairs) views.push_back({name, value});
  return labels::Labels::FromUnsorted(std::move(views));
}

}  // namespace epi::promql
