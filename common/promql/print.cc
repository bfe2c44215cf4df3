#include "common/promql/print.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "common/base/duration.h"
#include "common/base/go_float.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/labels/name.h"
#include "common/promql/literal.h"
#include "common/promql/number_text.h"
#include "common/promql/printer.h"

namespace epi::promql {
namespace {

std::string DurationText(int64_t ms) { return FormatDuration(std::chrono::milliseconds(ms)); }

bool IsNameMatcher(const labels::Matcher& matcher, std::string_view name) {
  return matcher.name() == labels::kMetricName && matcher.type() == labels::MatchType::kEqual && matcher.value() == name &&
         !name.empty();
}

}  // namespace

void Printer::Print(const Expr& expr) {
  if (out_->size() > size_max_) return;
  switch (expr.kind) {
    case ExprKind::kNumber:
      return Number(static_cast<const NumberLiteral&>(expr));
    case ExprKind::kString:
      return AppendGoQuoted(out_, static_cast<const StringLiteral&>(expr).value);
    case ExprKind::kVectorSelector:
      return Selector(static_cast<const VectorSelector&>(expr));
    case ExprKind::kMatrixSelector:
      return Matrix(static_cast<const MatrixSelector&>(expr));
    case ExprKind::kSubquery:
      Print(*static_cast<const SubqueryExpr&>(expr).expr);
      return SubqueryTime(static_cast<const SubqueryExpr&>(expr));
    case ExprKind::kCall:
      return FunctionCall(static_cast<const Call&>(expr));
    case ExprKind::kAggregate:
      return Aggregate(static_cast<const AggregateExpr&>(expr));
    case ExprKind::kBinary:
      return Binary(static_cast<const BinaryExpr&>(expr));
    case ExprKind::kUnary:
      *out_ += static_cast<const UnaryExpr&>(expr).negative ? '-' : '+';
      return Print(*static_cast<const UnaryExpr&>(expr).expr);
    case ExprKind::kParen:
      *out_ += '(';
      Print(*static_cast<const ParenExpr&>(expr).expr);
      *out_ += ')';
      return;
    case ExprKind::kDuration:
      return Duration(static_cast<const DurationExpr&>(expr));
    case ExprKind::kStepInvariant:
      return Print(*static_cast<const StepInvariantExpr&>(expr).expr);
  }
}

void Printer::Number(const NumberLiteral& number) {
  if (!number.is_duration) return AppendFloatF(out_, number.value);
  *out_ += DurationText(SecondsToMs(number.value));
}

void Printer::FunctionCall(const Call& call) {
  StrAppend(out_, call.function->name, "(");
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (i > 0) *out_ += ", ";
    Print(*call.args[i]);
  }
  *out_ += ')';
}

void Printer::AggregateHead(const AggregateExpr& aggregate) {
  *out_ += OpText(aggregate.op);
  if (!aggregate.without && aggregate.grouping.empty()) return;
  *out_ += aggregate.without ? " without " : " by ";
  LabelList(aggregate.grouping);
  *out_ += ' ';
}

void Printer::Aggregate(const AggregateExpr& aggregate) {
  AggregateHead(aggregate);
  *out_ += '(';
  if (aggregate.param != nullptr) {
    Print(*aggregate.param);
    *out_ += ", ";
  }
  Print(*aggregate.expr);
  *out_ += ')';
}

void Printer::LabelList(const std::vector<std::string>& names) {
  *out_ += '(';
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) *out_ += ", ";
    if (labels::IsLegacyLabelName(names[i])) {
      *out_ += names[i];
    } else {
      AppendGoQuoted(out_, names[i]);
    }
  }
  *out_ += ')';
}

void Printer::Binary(const BinaryExpr& binary) {
  Print(*binary.lhs);
  *out_ += ' ';
  BinaryHead(binary);
  *out_ += ' ';
  Print(*binary.rhs);
}

void Printer::BinaryHead(const BinaryExpr& binary) {
  *out_ += OpText(binary.op);
  if (binary.return_bool) *out_ += " bool";
  if (!binary.matching.has_value()) return;
  const VectorMatching& matching = *binary.matching;
  const bool groups = matching.card == MatchCardinality::kManyToOne || matching.card == MatchCardinality::kOneToMany;
  if (!matching.labels.empty() || matching.on || groups) {
    *out_ += matching.on ? " on " : " ignoring ";
    LabelList(matching.labels);
  }
  if (groups) {
    *out_ += matching.card == MatchCardinality::kManyToOne ? " group_left " : " group_right ";
    LabelList(matching.include);
  }
  Fill(matching);
}

void Printer::Fill(const VectorMatching& matching) {
  const auto append = [this](std::string_view word, double value) {
    StrAppend(out_, " ", word, " (");
    AppendFloatG(out_, value);
    *out_ += ')';
  };
  if (matching.fill_left.has_value() && matching.fill_left == matching.fill_right) {
    return append("fill", *matching.fill_left);
  }
  if (matching.fill_left.has_value()) append("fill_left", *matching.fill_left);
  if (matching.fill_right.has_value()) append("fill_right", *matching.fill_right);
}

void Printer::Selector(const VectorSelector& selector) {
  SelectorHead(selector);
  AtModifier(selector.time);
  Edges(selector.edges);
  Offset(selector.time);
}

// The name and the matchers, these sorted by their text.
void Printer::SelectorHead(const VectorSelector& selector) {
  std::vector<std::string> texts;
  for (const labels::Matcher& matcher : selector.matchers) {
    if (!IsNameMatcher(matcher, selector.name)) texts.push_back(matcher.ToString());
  }
  std::sort(texts.begin(), texts.end());
  *out_ += selector.name;
  if (texts.empty() && !selector.name.empty()) return;
  *out_ += '{';
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) *out_ += ',';
    *out_ += texts[i];
  }
  *out_ += '}';
}

void Printer::Matrix(const MatrixSelector& matrix) {
  SelectorHead(*matrix.selector);
  *out_ += '[';
  DurationOr(matrix.range_expr.get(), matrix.range_ms);
  *out_ += ']';
  Edges(matrix.selector->edges);
  AtModifier(matrix.selector->time);
  Offset(matrix.selector->time);
}

void Printer::SubqueryTime(const SubqueryExpr& subquery) {
  *out_ += '[';
  DurationOr(subquery.range_expr.get(), subquery.range_ms);
  *out_ += ':';
  if (subquery.step_ms != 0 || subquery.step_expr != nullptr) DurationOr(subquery.step_expr.get(), subquery.step_ms);
  *out_ += ']';
  AtModifier(subquery.time);
  Offset(subquery.time);
}

void Printer::AtModifier(const TimeModifiers& time) {
  switch (time.at) {
    case AtKind::kNone:
      return;
    case AtKind::kTimestamp:
      StrAppend(out_, " @ ", FormatFixed(static_cast<double>(time.at_ms) / 1000, 3));
      return;
    case AtKind::kStart:
      *out_ += " @ start()";
      return;
    case AtKind::kEnd:
      *out_ += " @ end()";
      return;
  }
}

void Printer::Offset(const TimeModifiers& time) {
  if (time.offset_expr == nullptr && time.offset_ms == 0) return;
  *out_ += " offset ";
  DurationOr(time.offset_expr.get(), time.offset_ms);
}

void Printer::Edges(RangeEdges edges) {
  if (edges == RangeEdges::kAnchored) *out_ += " anchored";
  if (edges == RangeEdges::kSmoothed) *out_ += " smoothed";
}

void Printer::DurationOr(const DurationExpr* expr, int64_t ms) {
  if (expr != nullptr) return Duration(*expr);
  *out_ += DurationText(ms);
}

void Printer::Duration(const DurationExpr& duration) {
  if (duration.wrapped) *out_ += '(';
  switch (duration.op) {
    case DurationOp::kStep:
    case DurationOp::kRange:
      StrAppend(out_, OpText(duration.op), "()");
      break;
    case DurationOp::kMinOf:
    case DurationOp::kMaxOf:
      StrAppend(out_, OpText(duration.op), "(");
      Print(*duration.lhs);
      *out_ += ", ";
      Print(*duration.rhs);
      *out_ += ')';
      break;
    case DurationOp::kPositive:
      Print(*duration.rhs);
      break;
    case DurationOp::kNegative:
      *out_ += '-';
      Print(*duration.rhs);
      break;
    default:
      Print(*duration.lhs);
      StrAppend(out_, " ", OpText(duration.op), " ");
      Print(*duration.rhs);
  }
  if (duration.wrapped) *out_ += ')';
}

std::string Print(const Expr& expr) {
  std::string out;
  Printer(&out).Print(expr);
  return out;
}

}  // namespace epi::promql
