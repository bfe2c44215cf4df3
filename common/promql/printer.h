// The printer behind print.h: writes parts of expressions.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "common/promql/ast.h"

namespace epi::promql {

class Printer {
 public:
  // Stops soon after `out` has grown beyond `size_max` bytes, for callers that only ask whether it does.
  explicit Printer(std::string* out, size_t size_max = std::numeric_limits<size_t>::max()) : out_(out), size_max_(size_max) {}

  void Print(const Expr& expr);
  // "sum by (a) ", without arguments.
  void AggregateHead(const AggregateExpr& aggregate);
  // "+ bool on (a) group_left (b)", without operands.
  void BinaryHead(const BinaryExpr& binary);
  // "[5m:1m] @ 1.000 offset 1m", without the expression.
  void SubqueryTime(const SubqueryExpr& subquery);

 private:
  void Number(const NumberLiteral& number);
  void Selector(const VectorSelector& selector);
  void SelectorHead(const VectorSelector& selector);
  void Matrix(const MatrixSelector& matrix);
  void FunctionCall(const Call& call);
  void Aggregate(const AggregateExpr& aggregate);
  void Binary(const BinaryExpr& binary);
  void Fill(const VectorMatching& matching);
  void LabelList(const std::vector<std::string>& names);
  void AtModifier(const TimeModifiers& time);
  void Offset(const TimeModifiers& time);
  void Edges(RangeEdges edges);
  void Duration(const DurationExpr& duration);
  void DurationOr(const DurationExpr* expr, int64_t ms);

  std::string* const out_;
  const size_t size_max_;
};

}  // namespace epi::promql
