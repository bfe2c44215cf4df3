// {{schema:0 count:3 sum:5 buckets:[1 2]}}: native histograms in test scripts. Keys: series_description.h.
#pragma once

#include <string>

#include "common/base/status.h"
#include "common/promqltest/text_scanner.h"
#include "common/series/histogram.h"

namespace epi::promqltest {

struct HistogramLiteral {
  series::FloatHistogram histogram;
  bool hint_given = false;
};

// Reads a literal off the scanner, which stands at its "{{". Errors: InvalidArgument for unknown or repeated keys.
Result<HistogramLiteral> TakeHistogram(TextScanner* scanner);

// The literal that reads back as this histogram; for messages.
std::string HistogramText(const series::FloatHistogram& histogram);

}  // namespace epi::promqltest
