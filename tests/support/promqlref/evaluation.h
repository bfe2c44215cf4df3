// Evaluation: one query, evaluated in the most obvious way. Every expression becomes one value per step; nothing is shared between
// steps, nothing is incremental, and all samples of a selector are read.
//
// Threads:  one.
// Errors:   FailedPrecondition and InvalidArgument with Prometheus' texts; the querier's own.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/promql/annotations.h"
#include "common/promql/ast.h"
#include "common/promql/options.h"
#include "common/series/querier.h"
#include "tests/support/promqlref/values.h"

namespace epi::promqlref {

struct EvaluationOptions {
  promql::Features features;
  int64_t lookback_ms = 5 * 60 * 1000;
  int64_t default_step_ms = 60 * 1000;
};

// A range vector: whole series, and which part of them each step looks at.
struct Ranges {
  std::vector<Track> tracks;  // Without stale markers.
  int64_t range_ms = 0;
  const promql::TimeModifiers* time = nullptr;
  promql::RangeEdges edges = promql::RangeEdges::kPlain;
  promql::PositionRange position;

  // The window is (right - range, right].
  int64_t Right(int64_t t_ms) const;
};

class Evaluation {
 public:
  // REQUIRES: outlives the evaluation; `expr` is the whole query.
  Evaluation(const series::Querier& querier, const EvaluationOptions& options, const promql::Expr& expr);

  // REQUIRES: durations are folded, @ start() and @ end() are times, and so are start(), end(), step() and range().
  Result<Steps> VectorOf(const promql::Expr& expr, const Grid& grid);
  Result<std::vector<double>> ScalarOf(const promql::Expr& expr, const Grid& grid);
  Result<Ranges> RangesOf(const promql::Expr& expr, const Grid& grid);
  // Every sample of every matching series, stale markers included.
  Result<std::vector<Track>> Load(const labels::Matchers& matchers) const;
  // The same for a selector that looks at samples from just after `after_ms` on. Where only counts and sums of histograms are wanted,
  // every histogram from there on is told whether its counter was reset.
  Result<std::vector<Track>> Load(const promql::VectorSelector& selector, int64_t after_ms) const;

  // Ends a node: no label set twice at a step, and one series for each label set.
  Status Settle(Steps* steps) const;
  // The same where labels were changed on purpose: also checked in instant queries with delayed name removal.
  Status SettleAlways(Steps* steps) const;
  // Marks the name for removal, or removes it at once.
  void DropName(Element* element) const;

  const EvaluationOptions& options() const { return options_; }
  bool delayed_names() const { return options_.features.delayed_name_removal; }
  void Annotate(promql::Annotation annotation) { annotations_.Add(std::move(annotation)); }
  const promql::Annotations& annotations() const { return annotations_; }

 private:
  Result<Steps> VectorOnce(const promql::Expr& expr, const Grid& grid);
  Result<std::vector<double>> ScalarOnce(const promql::Expr& expr, const Grid& grid);
  Result<std::vector<double>> ScalarCall(const promql::Call& call, const Grid& grid);
  Result<Steps> Negated(const promql::Expr& expr, const Grid& grid);

  void FindStatsOnly(const promql::Expr& expr, bool wanted);

  const series::Querier& querier_;
  std::set<const promql::VectorSelector*> stats_only_;
  const EvaluationOptions options_;
  promql::Annotations annotations_;
};

// Without __name__, __type__ and __unit__.
Labels WithoutReserved(const Labels& labels);
Status SameLabelset();
// The time a selector looks at when it is evaluated at t_ms.
int64_t ReferenceTime(const promql::TimeModifiers& time, int64_t t_ms);
// Is the value the same at every step, because all selectors are pinned?
bool IsPinned(const promql::Expr& expr);
// Where annotations about an argument point to.
promql::PositionRange PositionOf(const promql::Expr& arg);
// The text of a string argument, parentheses or not.
std::string StringOf(const promql::Expr& expr);

}  // namespace epi::promqlref
