#include "common/base/str_cat.h"
#include "common/promql/plan/plan.h"
#include "common/promql/print.h"

namespace epi::promql {
namespace {

std::string SelectText(const series::SelectRequest& request, bool streamed) {
  std::string text = "{";
  for (const labels::Matcher& matcher : request.matchers) {
    if (text.size() > 1) text += ",";
    text += matcher.ToString();
  }
  StrAppend(&text, "} from ", request.mint_ms, " to ", request.maxt_ms);
  if (!request.hints.func.empty()) StrAppend(&text, " func ", request.hints.func);
  for (size_t i = 0; i < request.hints.grouping.size(); ++i) {
    StrAppend(&text, i > 0 ? ", " : request.hints.by ? " by " : " without ", request.hints.grouping[i]);
  }
  if (streamed) text += " streamed";
  for (size_t i = 0; i < request.hints.projection_labels.size(); ++i) {
    StrAppend(&text, i > 0 ? ", " : " labels ", request.hints.projection_labels[i]);
  }
  return text;
}

}  // namespace

std::string DescribeNode(const Plan& plan, const Expr& expr) {
  const auto select = [&plan](const VectorSelector& selector) { return StrCat(" select #", plan.select_of.at(&selector)); };
  switch (expr.kind) {
    case ExprKind::kNumber:
    case ExprKind::kString:
      return StrCat("literal ", Print(expr));
    case ExprKind::kVectorSelector:
      return StrCat("instant selector", select(static_cast<const VectorSelector&>(expr)));
    case ExprKind::kMatrixSelector: {
      const auto& matrix = static_cast<const MatrixSelector&>(expr);
      return StrCat("range selector", select(*matrix.selector), " window ", matrix.range_ms, "ms");
    }
    case ExprKind::kSubquery: {
      const auto& subquery = static_cast<const SubqueryExpr&>(expr);
      return StrCat("subquery window ", subquery.range_ms, "ms step ", subquery.step_ms, "ms");
    }
    case ExprKind::kCall:
      return StrCat("call ", static_cast<const Call&>(expr).function->name);
    case ExprKind::kAggregate:
      return StrCat("aggregate ", OpText(static_cast<const AggregateExpr&>(expr).op));
    case ExprKind::kBinary:
      return StrCat("binary ", OpText(static_cast<const BinaryExpr&>(expr).op));
    case ExprKind::kUnary:
      return "unary";
    case ExprKind::kParen:
      return "parentheses";
    case ExprKind::kStepInvariant:
      return "once for all steps";
    case ExprKind::kDuration:
      return "duration";
  }
  return "";
}

namespace {

void ExplainNode(const Plan& plan, const Expr& expr, size_t depth, std::string* out) {
  // The label selector of info() is no operator.
  if (const auto* selector = As<VectorSelector>(&expr); selector != nullptr && !plan.select_of.contains(selector)) return;
  out->append(2 * depth, ' ');
  StrAppend(out, DescribeNode(plan, expr), "\n");
  if (expr.kind == ExprKind::kMatrixSelector) return;
  ForEachChild(expr, [&plan, depth, out](const Expr& child) { ExplainNode(plan, child, depth + 1, out); });
}

}  // namespace

std::string ExplainPlan(const Plan& plan) {
  std::string out;
  ExplainNode(plan, *plan.expr, 0, &out);
  for (size_t i = 0; i < plan.selects.size(); ++i) StrAppend(&out, "#", i, " ", SelectText(plan.selects[i], plan.streamed.contains(i)), "\n");
  return out;
}

}  // namespace epi::promql
