// The answer of a query as text, for people.
//
//   vector   http_requests_total{code="200"}  1027      one line per series, values aligned
//   matrix   http_requests_total{code="200"}            a block per series
//              2026-11-25T04:02:00Z  1027
//   scalar   3.14
//   string   text
//
// Native histograms are written as {count:3, sum:4.5, (1,2]:2}.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/promql/value.h"

namespace epi::hub {

std::string ResultTable(const promql::Value& value);

// One value or histogram, as tables and legends write it.
std::string SampleText(double value, const promql::HistogramPtr& histogram);
// Columns that `text` takes in a terminal, counting runes.
size_t TextWidth(std::string_view text);

}  // namespace epi::hub
