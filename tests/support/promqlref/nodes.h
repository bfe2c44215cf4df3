// The kinds of expressions, each evaluated for a whole grid, and the small things they share.
#pragma once

#include "tests/support/promqlref/evaluation.h"

namespace epi::promqlref {

// selectors.cc
Result<Steps> SelectInstant(Evaluation* evaluation, const promql::VectorSelector& selector, const Grid& grid);
// The newest sample at every step, as it was stored: with its own times. For timestamp() and info().
struct NewestPoint {
  const Track* track = nullptr;
  Point point;
};
std::vector<NewestPoint> NewestPoints(const std::vector<Track>& tracks, int64_t t_ms, int64_t lookback_ms);

// calls.cc and the files it sends to
Result<Steps> EvaluateCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
Result<Steps> EvaluateRangeCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
Result<Steps> EvaluateMathCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
Result<Steps> EvaluateTimestampCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
Result<Steps> EvaluateLabelCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
Result<Steps> EvaluateSortCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
Result<Steps> EvaluateAbsentCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
Result<Steps> EvaluateHistogramCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
Result<Steps> EvaluateInfoCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid);
bool IsMathCall(std::string_view name);

// aggregations.cc
Result<Steps> EvaluateAggregate(Evaluation* evaluation, const promql::AggregateExpr& aggregate, const Grid& grid);

// binary.cc
Result<Steps> EvaluateBinary(Evaluation* evaluation, const promql::BinaryExpr& binary, const Grid& grid);
double ScalarOperation(promql::BinaryOp op, double lhs, double rhs);
Sample Negative(const Sample& sample);

// scalar(): NaN unless there is exactly one float.
double OnlyFloat(const Vector& vector);
// As Go defines them: an infinity wins over a NaN.
double GoMin(double a, double b);
double GoMax(double a, double b);
// Of sorted or unsorted values, NaN smallest; linear between ranks.
double QuantileOf(double q, std::vector<double> values);

}  // namespace epi::promqlref
