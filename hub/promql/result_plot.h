// The answer of a query drawn with characters.
//
//   matrix    3 |          bbbb        a chart of all series together, a letter for each; the legend is below
//             2 |aaaa  bbbb
//             1 |    aa
//               +--------------
//   vector    up{job="x"} |#####      1      a bar per series
//
// Contract: never wider than `width`. NaN, infinities and native histograms are not drawn; `notes` says how many were left out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/promql/value.h"

namespace epi::hub {

struct PlotSize {
  size_t width = 80;
  size_t height = 16;  // Of a chart, without axis and legend.
};

// Series of a chart that get a letter; the rest is left out.
inline constexpr size_t kPlottedSeriesMax = 26;

// A scalar or string is just its text.
std::string ResultPlot(const promql::Value& value, const PlotSize& size, std::vector<std::string>* notes);

}  // namespace epi::hub
