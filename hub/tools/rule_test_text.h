// How expected and actual alerts and samples are compared and shown.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/labels/labels.h"
#include "common/promql/value.h"
#include "common/rules/alerting_rule.h"
#include "hub/tools/rule_test_file.h"

namespace epi::hub {

struct AlertLine {
  labels::Labels labels;
  labels::Labels annotations;
  friend bool operator==(const AlertLine&, const AlertLine&) = default;
};
// Ordered by labels, then annotations. Errors: InvalidArgument for an expected alert that cannot be.
Result<std::vector<AlertLine>> ExpectedAlertLines(const AlertTest& test);
std::vector<AlertLine> FiringAlertLines(const std::vector<rules::Alert>& alerts);
// Numbered, over several lines; indented but for the first.
std::string AlertLinesText(const std::vector<AlertLine>& lines);

struct SampleLine {
  labels::Labels labels;
  double value = 0;
  promql::HistogramPtr histogram;
};
// Ordered by labels. Errors: InvalidArgument for labels or a histogram that do not parse.
Result<std::vector<SampleLine>> ExpectedSampleLines(const ExprTest& test);
std::vector<SampleLine> ActualSampleLines(const promql::Vector& vector);
// With `fuzzy`, neighbouring doubles are equal, too. NaN is equal to NaN.
bool SameSampleLines(const std::vector<SampleLine>& a, const std::vector<SampleLine>& b, bool fuzzy);
// {__name__="up", job="x"} 1E+00, …; nil when there are none.
std::string SampleLinesText(const std::vector<SampleLine>& lines);

}  // namespace epi::hub
