// The syntax tree of a PromQL expression.
//
//   Expr ─┬ NumberLiteral  StringLiteral
//         ├ VectorSelector ── matchers, TimeModifiers (offset, @), anchored/smoothed
//         ├ MatrixSelector ── one VectorSelector and a range
//         ├ SubqueryExpr   ── an Expr, range, step, TimeModifiers
//         ├ Call  AggregateExpr  BinaryExpr  UnaryExpr  ParenExpr
//         ├ DurationExpr   ── only inside ranges, steps and offsets
//         └ StepInvariantExpr ── never parsed: put there by planning
//
// Contract: a tree from ParseExpr is well typed, has no null child except where noted, and is at most kExprDepthMax high.
// Owns:     every node owns its children. Clone() copies a subtree.
// Units:    durations and times are milliseconds; positions are bytes of the query text.
// Threads:  plain data: reading from many threads is safe, changing is not.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/labels/matcher.h"
#include "common/promql/function_table.h"
#include "common/promql/operators.h"
#include "common/promql/position.h"
#include "common/promql/value_type.h"

namespace epi::promql {

enum class ExprKind : uint8_t {
  kNumber,
  kString,
  kVectorSelector,
  kMatrixSelector,
  kSubquery,
  kCall,
  kAggregate,
  kBinary,
  kUnary,
  kParen,
  kDuration,
  kStepInvariant,
};

struct Expr {
  virtual ~Expr() = default;
  Expr(const Expr&) = delete;
  Expr& operator=(const Expr&) = delete;

  const ExprKind kind;
  PositionRange position;

  // Type of the value it evaluates to.
  ValueType type() const;

 protected:
  explicit Expr(ExprKind k) : kind(k) {}
};
using ExprPtr = std::unique_ptr<Expr>;

// `expr` as a T, or null when it is something else: if (const auto* call = As<Call>(expr)) …
template <typename T>
const T* As(const Expr* expr) {
  return expr != nullptr && expr->kind == T::kKind ? static_cast<const T*>(expr) : nullptr;
}
template <typename T>
T* As(Expr* expr) {
  return expr != nullptr && expr->kind == T::kKind ? static_cast<T*>(expr) : nullptr;
}

struct NumberLiteral final : Expr {
  static constexpr ExprKind kKind = ExprKind::kNumber;
  NumberLiteral() : Expr(kKind) {}
  double value = 0;          // Of a duration: seconds.
  bool is_duration = false;  // Written as 1h30m; printed so again.
};

struct StringLiteral final : Expr {
  static constexpr ExprKind kKind = ExprKind::kString;
  StringLiteral() : Expr(kKind) {}
  std::string value;
};

// Arithmetic on durations, as in [5m * 2] or offset (step() + 1s). Leaves are NumberLiterals in seconds.
struct DurationExpr final : Expr {
  static constexpr ExprKind kKind = ExprKind::kDuration;
  DurationExpr() : Expr(kKind) {}
  DurationOp op = DurationOp::kAdd;
  ExprPtr lhs;           // NumberLiteral or DurationExpr; null for unary operators, step() and range().
  ExprPtr rhs;           // Likewise; null for step() and range().
  bool wrapped = false;  // Written in parentheses.
};

enum class AtKind : uint8_t { kNone, kTimestamp, kStart, kEnd };

// offset and @, as written.
struct TimeModifiers {
  int64_t offset_ms = 0;
  std::unique_ptr<DurationExpr> offset_expr;  // When set, FoldDurations() (fold_durations.h) computes offset_ms.
  AtKind at = AtKind::kNone;
  int64_t at_ms = 0;  // For kTimestamp.
};

enum class RangeEdges : uint8_t { kPlain, kAnchored, kSmoothed };

struct VectorSelector final : Expr {
  static constexpr ExprKind kKind = ExprKind::kVectorSelector;
  VectorSelector() : Expr(kKind) {}
  std::string name;           // The metric name if written before the braces; empty otherwise.
  labels::Matchers matchers;  // Including the one for `name`, which is last.
  TimeModifiers time;
  RangeEdges edges = RangeEdges::kPlain;
  bool may_match_all = false;  // Second argument of info(): {} is allowed.
};

struct MatrixSelector final : Expr {
  static constexpr ExprKind kKind = ExprKind::kMatrixSelector;
  MatrixSelector() : Expr(kKind) {}
  std::unique_ptr<VectorSelector> selector;  // Holds offset, @ and edges; never null.
  int64_t range_ms = 0;
  std::unique_ptr<DurationExpr> range_expr;  // When set, FoldDurations() computes range_ms.
};

struct SubqueryExpr final : Expr {
  static constexpr ExprKind kKind = ExprKind::kSubquery;
  SubqueryExpr() : Expr(kKind) {}
  ExprPtr expr;
  int64_t range_ms = 0;
  std::unique_ptr<DurationExpr> range_expr;
  int64_t step_ms = 0;  // 0: the default evaluation interval.
  std::unique_ptr<DurationExpr> step_expr;
  TimeModifiers time;
};

struct Call final : Expr {
  static constexpr ExprKind kKind = ExprKind::kCall;
  Call() : Expr(kKind) {}
  const FunctionSignature* function = nullptr;  // Points into AllFunctions(); never null.
  std::vector<ExprPtr> args;
};

struct AggregateExpr final : Expr {
  static constexpr ExprKind kKind = ExprKind::kAggregate;
  AggregateExpr() : Expr(kKind) {}
  AggregateOp op = AggregateOp::kSum;
  ExprPtr expr;
  ExprPtr param;  // Null unless HasParam(op).
  std::vector<std::string> grouping;
  bool without = false;  // grouping is without(…), else by(…).
};

enum class MatchCardinality : uint8_t { kOneToOne, kManyToOne, kOneToMany, kManyToMany };

// "one-to-one", …
std::string_view MatchCardinalityText(MatchCardinality card);

struct VectorMatching {
  MatchCardinality card = MatchCardinality::kOneToOne;
  std::vector<std::string> labels;
  bool on = false;                   // labels are on(…), else ignoring(…).
  std::vector<std::string> include;  // Of group_left(…) or group_right(…).
  std::optional<double> fill_left;
  std::optional<double> fill_right;
};

struct BinaryExpr final : Expr {
  static constexpr ExprKind kKind = ExprKind::kBinary;
  BinaryExpr() : Expr(kKind) {}
  BinaryOp op = BinaryOp::kAdd;
  ExprPtr lhs;
  ExprPtr rhs;
  std::optional<VectorMatching> matching;  // Exactly when both sides are instant vectors.
  bool return_bool = false;
};

struct UnaryExpr final : Expr {
  static constexpr ExprKind kKind = ExprKind::kUnary;
  UnaryExpr() : Expr(kKind) {}
  bool negative = false;  // '-', else '+'.
  ExprPtr expr;
};

struct ParenExpr final : Expr {
  static constexpr ExprKind kKind = ExprKind::kParen;
  ParenExpr() : Expr(kKind) {}
  ExprPtr expr;
};

// Its value is the same at every step: evaluate once, repeat.
struct StepInvariantExpr final : Expr {
  static constexpr ExprKind kKind = ExprKind::kStepInvariant;
  StepInvariantExpr() : Expr(kKind) {}
  ExprPtr expr;
};

// A deep copy.
ExprPtr Clone(const Expr& expr);

// The expression inside any number of parentheses and step-invariant wrappers.
const Expr* Unwrap(const Expr* expr);

// Calls `visit` for every child that evaluates to a value, left to right (of an aggregation: the expression, then the
// parameter). The parts of durations are not children.
void ForEachChild(const Expr& expr, const std::function<void(const Expr&)>& visit);
// The same, with the owning pointer, so that a child can be replaced. A MatrixSelector has no replaceable child.
void ForEachChildPtr(Expr& expr, const std::function<void(ExprPtr&)>& visit);

// Calls `visit` for `expr` and everything below it, parents first. A MatrixSelector's VectorSelector counts as below it.
void Walk(const Expr& expr, const std::function<void(const Expr&)>& visit);

}  // namespace epi::promql
