#include "common/rules/alert_text.h"

#include <utility>

#include "common/base/str_cat.h"
#include "common/gotemplate/template.h"

namespace epi::rules {
namespace {

constexpr std::string_view kDefinitions =
    "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}";

std::string TemplateName(std::string_view alert) { return StrCat("__alert_", alert); }

gotemplate::Value DataValue(const AlertTextData& data, const std::string& external_url) {
  return gotemplate::Structure{"alert data",
                               {{"Labels", LabelsValue(data.sample.labels)},
                                {"ExternalLabels", LabelsValue(data.external_labels)},
                                {"ExternalURL", external_url},
                                {"Value", NumberOf(data.sample)}}};
}

}  // namespace

std::string ExpandAlertText(std::string_view alert, std::string_view text, const AlertTextData& data,
                            const TemplateEnvironment& environment) {
  if (text.find("{{") == std::string_view::npos) return std::string(text);
  const std::string name = TemplateName(alert);
  const auto error = [&](std::string_view step, const Status& status) {
    return StrCat("<error expanding template: error ", step, " template ", name, ": ", status.message(), ">");
  };
  const auto parsed = gotemplate::Template::Parse(name, StrCat(kDefinitions, text), TemplateFunctions(environment));
  if (!parsed.ok()) return error("parsing", parsed.status());
  auto expanded = parsed->Execute(environment.ctx, DataValue(data, environment.external_url));
  return expanded.ok() ? std::move(*expanded) : error("executing", expanded.status());
}

Status CheckAlertText(std::string_view alert, std::string_view text) {
  return gotemplate::Template::Parse(TemplateName(alert), StrCat(kDefinitions, text), TemplateFunctions({})).status();
}

}  // namespace epi::rules
