// MapOperator: one column in, one column out. Unary functions and operations with scalars are maps over it.
#pragma once

#include <functional>

#include "common/promql/functions/math.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

// Changes the column of one series in place.
using ColumnMap = std::function<Status(size_t index, Column* column)>;

// REQUIRES: series.size() == child->series().size().
VectorOperatorPtr MapColumns(VectorOperatorPtr child, std::vector<SeriesMeta> series, ColumnMap map);

// The same for functions that drop the metric name: series that become equal are merged step by step.
VectorOperatorPtr MapDroppingName(QueryState* query, VectorOperatorPtr child, ColumnMap map);

// A function of the float; histograms are left out.
VectorOperatorPtr MapFloats(QueryState* query, VectorOperatorPtr child, FloatFunction function);

// One step's columns, repeated at every step of `grid`.
VectorOperatorPtr Repeat(VectorOperatorPtr once, const StepGrid& grid);

// One series without labels whose value is a scalar: vector(s).
VectorOperatorPtr VectorOfScalar(const StepGrid& grid, std::function<double(size_t step)> value);

}  // namespace epi::promql
