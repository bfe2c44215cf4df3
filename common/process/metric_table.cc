#include "common/process/metric_table.h"

#include "common/base/str_cat.h"

namespace epi::process {

std::string MetricTableMarkdown(std::string_view component, const std::vector<metrics::FamilyInfo>& families) {
  std::string out = StrCat("## `", component, "`\n\n| metric | type | meaning |\n|---|---|---|\n");
  for (const metrics::FamilyInfo& family : families) {
    std::string labels;
    for (const std::string& name : family.label_names) StrAppend(&labels, labels.empty() ? "{" : ",", name);
    StrAppend(&out, "| `", family.info.name, labels, labels.empty() ? "" : "}", "` | ",
              metrics::MetricTypeText(family.info.type, metrics::ExpositionFormat::kText), " | ", family.info.help, " |\n");
  }
  return out;
}

}  // namespace epi::process
