// Compares an answer with what a test script expects.
//
// Floats are equal within 1e-6 of the sum of their magnitudes; a NaN equals any NaN, but a stale marker only a stale marker.
// Histograms are compared without empty buckets, their counts with the same tolerance, their reset hint only when it was given.
#pragma once

#include "common/base/status.h"
#include "common/promql/annotations.h"
#include "common/promql/value.h"
#include "common/promqltest/script.h"

namespace epi::promqltest {

bool AlmostEqual(double a, double b);
bool AlmostEqual(const series::FloatHistogram& expected, const series::FloatHistogram& actual, bool compare_hint);

// FailedPrecondition that says what differs.
Status CompareValue(const EvalCommand& eval, const promql::Value& value);
Status CompareAnnotations(const EvalCommand& eval, const promql::AnnotationStrings& actual);
// A matrix' series must be in label order.
Status CheckSorted(const promql::Matrix& matrix);

}  // namespace epi::promqltest
