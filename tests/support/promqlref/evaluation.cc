#include "tests/support/promqlref/evaluation.h"

#include <algorithm>
#include <array>
#include <map>

#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {
namespace {

using promql::As;
using promql::Expr;
using promql::ExprKind;
using promql::Unwrap;

constexpr std::array kReserved = {"__name__", "__type__", "__unit__"};

// Functions that look at the evaluation time itself.
const std::set<std::string_view> kTimeDependent = {
    "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year", "time", "predict_linear"};

bool IsPinnedCall(const promql::Call& call) {
  const std::string_view name = call.function->name;
  if (kTimeDependent.contains(name)) return false;
  if (name == "timestamp" && As<promql::VectorSelector>(Unwrap(call.args[0].get())) == nullptr) return false;
  return std::all_of(call.args.begin(), call.args.end(), [](const auto& arg) { return IsPinned(*arg); });
}

Steps Repeat(const Vector& vector, size_t times) { return Steps(times, vector); }

}  // namespace

Labels WithoutReserved(const Labels& labels) {
  labels::LabelsBuilder builder(labels);
  for (const char* name : kReserved) builder.Del(name);
  return builder.Build();
}

Status SameLabelset() { return FailedPreconditionError("vector cannot contain metrics with the same labelset"); }

int64_t ReferenceTime(const promql::TimeModifiers& time, int64_t t_ms) {
  return (time.at == promql::AtKind::kNone ? t_ms : time.at_ms) - time.offset_ms;
}

int64_t Ranges::Right(int64_t t_ms) const { return ReferenceTime(*time, t_ms); }

bool IsPinned(const Expr& expr) {
  if (const auto* selector = As<promql::VectorSelector>(&expr)) return selector->time.at != promql::AtKind::kNone;
  if (const auto* matrix = As<promql::MatrixSelector>(&expr)) return matrix->selector->time.at != promql::AtKind::kNone;
  if (const auto* subquery = As<promql::SubqueryExpr>(&expr)) return subquery->time.at != promql::AtKind::kNone;
  if (const auto* call = As<promql::Call>(&expr)) return IsPinnedCall(*call);
  if (const auto* aggregate = As<promql::AggregateExpr>(&expr)) return IsPinned(*aggregate->expr);
  bool pinned = true;
  promql::ForEachChild(expr, [&pinned](const Expr& child) { pinned = pinned && IsPinned(child); });
  return pinned;
}

std::string StringOf(const Expr& expr) {
  const auto* literal = As<promql::StringLiteral>(Unwrap(&expr));
  return literal == nullptr ? std::string() : literal->value;
}

Evaluation::Evaluation(const series::Querier& querier, const EvaluationOptions& options, const Expr& expr)
    : querier_(querier), options_(options) {
  FindStatsOnly(expr, false);
}

// Selectors below histogram_count(), _sum() or _avg() and below nothing that needs buckets.
void Evaluation::FindStatsOnly(const Expr& expr, bool wanted) {
  if (expr.kind == ExprKind::kSubquery) return;
  if (const auto* binary = As<promql::BinaryExpr>(&expr); binary != nullptr && IsTrim(binary->op)) return;
  if (const auto* call = As<promql::Call>(&expr)) {
    const std::string_view name = call->function->name;
    if (name.starts_with("histogram_quantile") || name == "histogram_fraction") return;
    wanted = wanted || name == "histogram_count" || name == "histogram_sum" || name == "histogram_avg";
  }
  if (const auto* matrix = As<promql::MatrixSelector>(&expr)) return FindStatsOnly(*matrix->selector, wanted);
  if (const auto* selector = As<promql::VectorSelector>(&expr); selector != nullptr && wanted) stats_only_.insert(selector);
  promql::ForEachChild(expr, [this, wanted](const Expr& child) { FindStatsOnly(child, wanted); });
}

void Evaluation::DropName(Element* element) const {
  if (delayed_names()) {
    element->drop_name = true;
  } else {
    element->labels = WithoutReserved(element->labels);
  }
}

Status Evaluation::Settle(Steps* steps) const {
  return steps->size() == 1 && delayed_names() ? OkStatus() : SettleAlways(steps);
}

// A series' name is dropped if it was when the series first came up.
Status Evaluation::SettleAlways(Steps* steps) const {
  std::map<Labels, bool> drop_name;
  for (Vector& vector : *steps) {
    std::set<Labels> seen;
    for (Element& element : vector) {
      if (!seen.insert(element.labels).second) return SameLabelset();
      element.drop_name = drop_name.emplace(element.labels, element.drop_name).first->second;
    }
  }
  return OkStatus();
}

Result<Steps> Evaluation::VectorOf(const Expr& expr, const Grid& grid) {
  if (grid.size() > 0 && grid.start_ms != grid.end_ms && IsPinned(expr)) return Repeat(TRY(VectorOnce(expr, grid.FirstOnly())).front(), grid.size());
  return VectorOnce(expr, grid);
}

Result<Steps> Evaluation::VectorOnce(const Expr& expr, const Grid& grid) {
  switch (expr.kind) {
    case ExprKind::kParen:
      return VectorOnce(*static_cast<const promql::ParenExpr&>(expr).expr, grid);
    case ExprKind::kVectorSelector:
      return SelectInstant(this, static_cast<const promql::VectorSelector&>(expr), grid);
    case ExprKind::kUnary: {
      const auto& unary = static_cast<const promql::UnaryExpr&>(expr);
      return unary.negative ? Negated(*unary.expr, grid) : VectorOf(*unary.expr, grid);
    }
    case ExprKind::kBinary:
      return EvaluateBinary(this, static_cast<const promql::BinaryExpr&>(expr), grid);
    case ExprKind::kAggregate:
      return EvaluateAggregate(this, static_cast<const promql::AggregateExpr&>(expr), grid);
    case ExprKind::kCall:
      return EvaluateCall(this, static_cast<const promql::Call&>(expr), grid);
    default:
      return InternalError("expression is no vector");
  }
}

Result<Steps> Evaluation::Negated(const Expr& expr, const Grid& grid) {
  Steps steps = TRY(VectorOf(expr, grid));
  for (Vector& vector : steps) {
    for (Element& element : vector) {
      element.sample = Negative(element.sample);
      DropName(&element);
    }
  }
  RETURN_IF_ERROR(Settle(&steps));
  return steps;
}

Result<std::vector<double>> Evaluation::ScalarOf(const Expr& expr, const Grid& grid) {
  if (grid.size() > 0 && grid.start_ms != grid.end_ms && IsPinned(expr)) {
    return std::vector<double>(grid.size(), TRY(ScalarOnce(expr, grid.FirstOnly())).front());
  }
  return ScalarOnce(expr, grid);
}

Result<std::vector<double>> Evaluation::ScalarOnce(const Expr& expr, const Grid& grid) {
  switch (expr.kind) {
    case ExprKind::kNumber:
      return std::vector<double>(grid.size(), static_cast<const promql::NumberLiteral&>(expr).value);
    case ExprKind::kParen:
      return ScalarOf(*static_cast<const promql::ParenExpr&>(expr).expr, grid);
    case ExprKind::kUnary: {
      const auto& unary = static_cast<const promql::UnaryExpr&>(expr);
      std::vector<double> values = TRY(ScalarOf(*unary.expr, grid));
      for (double& value : values) value = unary.negative ? -value : value;
      return values;
    }
    case ExprKind::kBinary: {
      const auto& binary = static_cast<const promql::BinaryExpr&>(expr);
      std::vector<double> values = TRY(ScalarOf(*binary.lhs, grid));
      const std::vector<double> rhs = TRY(ScalarOf(*binary.rhs, grid));
      for (size_t step = 0; step < values.size(); ++step) values[step] = ScalarOperation(binary.op, values[step], rhs[step]);
      return values;
    }
    case ExprKind::kCall:
      return ScalarCall(static_cast<const promql::Call&>(expr), grid);
    default:
      return InternalError("expression is no scalar");
  }
}

Result<std::vector<double>> Evaluation::ScalarCall(const promql::Call& call, const Grid& grid) {
  const std::string_view name = call.function->name;
  std::vector<double> values(grid.size(), 3.141592653589793);
  if (name == "time") {
    for (size_t step = 0; step < values.size(); ++step) values[step] = Seconds(grid.At(step));
  } else if (name == "scalar") {
    const Steps steps = TRY(VectorOf(*call.args[0], grid));
    for (size_t step = 0; step < values.size(); ++step) values[step] = OnlyFloat(steps[step]);
  } else if (name == "min_of" || name == "max_of") {
    values = TRY(ScalarOf(*call.args[0], grid));
    const std::vector<double> other = TRY(ScalarOf(*call.args[1], grid));
    for (size_t step = 0; step < values.size(); ++step) {
      values[step] = name == "min_of" ? GoMin(values[step], other[step]) : GoMax(values[step], other[step]);
    }
  } else if (name != "pi") {
    return InternalError("function is no scalar");
  }
  return values;
}

}  // namespace epi::promqlref
