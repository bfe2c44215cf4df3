// The functions that Prometheus adds to Go's templates: query first value label strvalue sortByLabel, humanize and its kin, match
// reReplaceAll title toUpper toLower stripPort stripDomain, args, parseDuration, graphLink tableLink externalURL pathPrefix and others.
#pragma once

#include <string>

#include "common/base/context.h"
#include "common/gotemplate/functions.h"
#include "common/promql/value.h"
#include "common/rules/query.h"

namespace epi::rules {

struct TemplateEnvironment {
  Context ctx = Context::Background();
  QueryFunction query;
  int64_t t_ms = 0;  // Of queries, and of now.
  std::string external_url;
};

gotemplate::Functions TemplateFunctions(const TemplateEnvironment& environment);

// {{.Labels.job}} and {{.Value}} of one sample; label values that are missing are empty.
gotemplate::Value SampleValue(const promql::VectorSample& sample);
gotemplate::Value LabelsValue(const labels::Labels& labels);
// A float as it is; a native histogram as text.
gotemplate::Value NumberOf(const promql::VectorSample& sample);

}  // namespace epi::rules
