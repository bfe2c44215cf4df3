// Labels and annotations of alerts, which are templates with $labels, $value, $externalLabels and $externalURL.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/promql/value.h"
#include "common/rules/template_functions.h"

namespace epi::rules {

struct AlertTextData {
  promql::VectorSample sample;
  labels::Labels external_labels;
};

// A text that cannot be made is "<error expanding template: why>", as Prometheus has it: an alert must not be lost for its text.
std::string ExpandAlertText(std::string_view alert, std::string_view text, const AlertTextData& data,
                            const TemplateEnvironment& environment);

// Errors: InvalidArgument when the text does not parse.
Status CheckAlertText(std::string_view alert, std::string_view text);

}  // namespace epi::rules
