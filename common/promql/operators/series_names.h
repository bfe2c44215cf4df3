// Dropping metric names: at once, or (delayed name removal) by a mark that is honoured when the query ends.
#pragma once

#include <vector>

#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

// Without __name__, __type__ and __unit__.
labels::Labels DropReservedLabels(const labels::Labels& labels);

// What becomes of a series in an operation that drops the name.
SeriesMeta DropName(const SeriesMeta& series, bool delayed);
std::vector<SeriesMeta> DropNames(const std::vector<SeriesMeta>& series, bool delayed);

}  // namespace epi::promql
