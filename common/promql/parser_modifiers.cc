// What may follow an operand: [range], [range:step], offset, @, anchored, smoothed.
#include <cmath>

#include "common/base/str_cat.h"
#include "common/promql/number_text.h"
#include "common/promql/literal.h"
#include "common/promql/parser.h"

namespace epi::promql {
namespace {

using enum TokenType;

constexpr double kInt64Bound = 9223372036854775808.0;

VectorSelector* SelectorOf(Expr* expr) {
  if (auto* matrix = As<MatrixSelector>(expr)) return matrix->selector.get();
  return As<VectorSelector>(expr);
}

TimeModifiers* TimeOf(Expr* expr) {
  if (auto* subquery = As<SubqueryExpr>(expr)) return &subquery->time;
  VectorSelector* selector = SelectorOf(expr);
  return selector == nullptr ? nullptr : &selector->time;
}

// Puts a literal's value or the expression itself where it belongs.
void SetDuration(ExprPtr duration, int64_t* ms, std::unique_ptr<DurationExpr>* expr) {
  if (const auto* literal = As<NumberLiteral>(duration.get())) {
    *ms = SecondsToMs(literal->value);
  } else {
    expr->reset(static_cast<DurationExpr*>(duration.release()));
  }
}

int64_t RoundToMs(double seconds) {
  const double ms = std::round(seconds * 1000);
  if (ms >= kInt64Bound) return INT64_MAX;
  return ms <= -kInt64Bound ? INT64_MIN : static_cast<int64_t>(ms);
}

}  // namespace

void Parser::ExtendTo(Expr* expr) { expr->position.end = taken_end_; }

// '[' range ']'  or  '[' range ':' [ step ] ']'
Node Parser::ParseBrackets(Node inner) {
  const Token open = Take();
  PlaceScope place(this, {"subquery or range selector", "number, duration, step(), or range()"});
  Node range = ParsePositiveDuration();
  if (!range) return {};
  place.MoveTo({"subquery or range", "\":\" or \"]\""});
  if (TakeIf(kRightBracket)) return MakeMatrix(std::move(inner), open, std::move(range));
  if (!Expect(kColon)) return {};
  place.MoveTo({"subquery selector", "number, duration, step(), range(), or \"]\""});
  Node step;
  if (!At(kRightBracket)) {
    step = ParsePositiveDuration();
    if (!step) return {};
    place.MoveTo({"subquery selector", "\"]\""});
  }
  if (!Expect(kRightBracket)) return {};
  return MakeSubquery(std::move(inner), std::move(range), std::move(step));
}

Node Parser::MakeMatrix(Node inner, const Token& open, Node range) {
  std::string_view fault;
  const auto* selector = As<VectorSelector>(inner.expr.get());
  if (selector == nullptr) {
    fault = "ranges only allowed for vector selectors";
  } else if (selector->time.offset_ms != 0 || selector->time.offset_expr != nullptr) {
    fault = "no offset modifiers allowed before range";
  } else if (selector->time.at != AtKind::kNone) {
    fault = "no @ modifiers allowed before range";
  }
  if (!fault.empty()) {
    AddError({open.start, taken_end_}, std::string(fault));
    return inner;
  }
  auto matrix = std::make_unique<MatrixSelector>();
  matrix->position = {inner.expr->position.start, taken_end_};
  matrix->selector.reset(static_cast<VectorSelector*>(inner.expr.release()));
  SetDuration(std::move(range.expr), &matrix->range_ms, &matrix->range_expr);
  return {std::move(matrix), 2};
}

Node Parser::MakeSubquery(Node inner, Node range, Node step) {
  auto subquery = std::make_unique<SubqueryExpr>();
  subquery->position = {inner.expr->position.start, taken_end_};
  subquery->expr = std::move(inner.expr);
  SetDuration(std::move(range.expr), &subquery->range_ms, &subquery->range_expr);
  if (step) SetDuration(std::move(step.expr), &subquery->step_ms, &subquery->step_expr);
  return {std::move(subquery), inner.height + 1};
}

bool Parser::ParseOffset(Expr* expr) {
  Take();
  const PlaceScope place(this, {"offset", "number, duration, step(), or range()"});
  Node offset = ParseOffsetDuration();
  if (!offset) return false;
  SetOffset(expr, std::move(offset.expr));
  return true;
}

void Parser::SetOffset(Expr* expr, ExprPtr offset) {
  TimeModifiers* time = TimeOf(expr);
  if (time == nullptr) {
    return AddError(expr->position,
                    "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery");
  }
  if (time->offset_ms != 0 || time->offset_expr != nullptr) {
    AddError(expr->position, "offset may not be set multiple times");
  } else {
    SetDuration(std::move(offset), &time->offset_ms, &time->offset_expr);
  }
  ExtendTo(expr);
}

bool Parser::ParseAt(Expr* expr) {
  Take();
  const PlaceScope place(this, {"@", "timestamp"});
  if (At(kStart) || At(kEnd)) {
    const AtKind kind = Take().type == kStart ? AtKind::kStart : AtKind::kEnd;
    if (!Expect(kLeftParen) || !Expect(kRightParen)) return false;
    if (TimeModifiers* time = AtTarget(expr); time != nullptr) time->at = kind;
    return true;
  }
  const bool negative = At(kSub);
  if (negative || At(kAdd)) Take();
  if (!At(kNumber) && !At(kDuration)) {
    Unexpected();
    return false;
  }
  const Node literal = ParseNumber();
  const double magnitude = As<NumberLiteral>(literal.expr.get())->value;
  SetTimestamp(expr, negative ? -magnitude : magnitude);
  return true;
}

void Parser::SetTimestamp(Expr* expr, double seconds) {
  if (!std::isfinite(seconds) || seconds >= kInt64Bound || seconds <= -kInt64Bound) {
    AddError(expr->position, StrCat("timestamp out of bounds for @ modifier: ", FormatFixed(seconds, 6)));
  }
  TimeModifiers* time = AtTarget(expr);
  if (time == nullptr || !std::isfinite(seconds)) return;
  time->at = AtKind::kTimestamp;
  time->at_ms = RoundToMs(seconds);
}

TimeModifiers* Parser::AtTarget(Expr* expr) {
  TimeModifiers* time = TimeOf(expr);
  if (time == nullptr) {
    AddError(expr->position, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery");
    return nullptr;
  }
  if (time->at != AtKind::kNone) {
    AddError(expr->position, "@ <timestamp> may not be set multiple times");
    return nullptr;
  }
  ExtendTo(expr);
  return time;
}

void Parser::SetEdges(Expr* expr, RangeEdges edges) {
  const std::string_view name = edges == RangeEdges::kAnchored ? "anchored" : "smoothed";
  if (!features_.extended_range_selectors) {
    return AddError(expr->position, StrCat(name, " modifier is experimental and not enabled"));
  }
  if (expr->kind == ExprKind::kSubquery) {
    return AddError(expr->position, StrCat(name, " modifier is not supported for subqueries"));
  }
  VectorSelector* selector = SelectorOf(expr);
  if (selector == nullptr) return AddError(expr->position, StrCat(name, " modifier not implemented"));
  if (selector->edges != RangeEdges::kPlain && selector->edges != edges) {
    return AddError(expr->position, "anchored and smoothed modifiers cannot be used together");
  }
  selector->edges = edges;
}

}  // namespace epi::promql
