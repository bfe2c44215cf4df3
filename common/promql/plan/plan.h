// Plan: what a query will do, decided before anything is read.
//
//   1. clone the tree; compute duration expressions; replace start(), end(), step(), range() by numbers and @ start(),
//      @ end() by times
//   2. wrap what has the same value at every step in StepInvariantExpr
//   3. give every selector the time range it can need, and let equal selectors share one Select
//   4. find the Selects that can be streamed into an aggregation, and the labels that these need
//
// Units:    milliseconds.
// Errors:   InvalidArgument from duration expressions; a query whose type cannot be evaluated.
// Threads:  a plan is immutable once made.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/base/status.h"
#include "common/promql/ast.h"
#include "common/promql/plan/step_grid.h"
#include "common/series/querier.h"

namespace epi::promql {

struct PlanOptions {
  StepGrid grid;              // Of the whole query.
  int64_t end_ms = 0;         // As asked for: end() and @ end(), which need not be on the grid.
  bool instant = false;
  int64_t lookback_ms = 0;
  int64_t default_step_ms = 0;  // Of subqueries without a step.
  // Names are removed when the query ends: until then series that differ only in them stay apart.
  bool delayed_names = false;
};

struct Plan {
  PlanOptions options;
  ExprPtr expr;
  // One Select each.
  std::vector<series::SelectRequest> selects;
  // Which of them a selector of the tree reads.
  std::unordered_map<const VectorSelector*, size_t> select_of;
  // Selectors of whose histograms only count and sum are looked at. Their counter resets are found while reading.
  std::unordered_set<const VectorSelector*> stats_only;
  // Selects (by number) whose one reader is an aggregation that takes series as they come: they are never there all at once.
  std::unordered_set<size_t> streamed;
};

Result<Plan> MakePlan(const Expr& expr, const PlanOptions& options);

// The grid on which a subquery's expression is evaluated, when the subquery itself is evaluated on `parent`.
StepGrid SubqueryGrid(const SubqueryExpr& subquery, const StepGrid& parent, int64_t default_step_ms);

// One node of a plan's tree as text: "aggregate sum", "range selector select #0 window 300000ms".
std::string DescribeNode(const Plan& plan, const Expr& expr);

// The plan as indented text: one operator per line, then the selects.
std::string ExplainPlan(const Plan& plan);

// Wraps step-invariant subtrees. Step 2 of MakePlan().
void WrapStepInvariant(ExprPtr* expr);

// Steps 3 and 4 of MakePlan().
void PlanSelects(Plan* plan);
void PlanStreams(Plan* plan);

}  // namespace epi::promql
