#include "common/rules/rule_file.h"

#include <set>
#include <utility>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/config/yaml.h"
#include "common/labels/labels.h"
#include "common/labels/name.h"
#include "common/promql/parse.h"
#include "common/rules/alert_text.h"

namespace epi::rules {

using config::YamlNode;

// Found by argument-dependent lookup from the YAML decoder.
static Status DecodeYaml(const YamlNode& node, Rule* rule) {
  config::YamlFields fields(node);
  fields.Field("record", &rule->record).Field("alert", &rule->alert).Field("expr", &rule->expr).Field("for", &rule->hold);
  fields.Field("keep_firing_for", &rule->keep_firing_for).Field("labels", &rule->labels).Field("annotations", &rule->annotations);
  return fields.Finish();
}

static Status DecodeYaml(const YamlNode& node, RuleGroup* group) {
  config::YamlFields fields(node);
  fields.Field("name", &group->name).Field("interval", &group->interval).Field("query_offset", &group->query_offset);
  fields.Field("limit", &group->limit).Field("labels", &group->labels).Field("rules", &group->rules);
  fields.Field("partial_response_strategy", &group->partial_response_strategy);
  return fields.Finish();
}

namespace {

std::string Position(const YamlNode* node) {
  return node == nullptr ? "0:0" : StrCat(node->line(), ":", node->column());
}

// Checks one rule of a group and lists what is wrong.
class RuleChecker {
 public:
  RuleChecker(const Rule& rule, const YamlNode& node, std::string where, const promql::Features& features)
      : rule_(rule), node_(node), where_(std::move(where)), features_(features) {}

  std::vector<std::string> Run() {
    if (!rule_.record.empty() && !rule_.alert.empty()) {
      errors_.push_back(StrCat(Position(node_.Find("record")), ": ", Position(node_.Find("alert")), ": ", where_,
                               "only one of 'record' and 'alert' must be set"));
    } else if (rule_.name().empty()) {
      Add("record", "one of 'record' or 'alert' must be set");
    }
    CheckExpr();
    if (!rule_.record.empty()) CheckRecording();
    CheckLabels();
    if (!rule_.alert.empty()) CheckTemplates();
    return std::move(errors_);
  }

 private:
  void CheckExpr() {
    if (rule_.expr.empty()) return Add("expr", "field 'expr' must be set in rule");
    if (const auto expr = promql::ParseExpr(rule_.expr, features_); !expr.ok()) {
      Add("expr", StrCat("could not parse expression: ", expr.status().message()));
    }
  }

  void CheckRecording() {
    if (!rule_.annotations.empty()) Add("record", "invalid field 'annotations' in recording rule");
    if (rule_.hold.count() != 0) Add("record", "invalid field 'for' in recording rule");
    if (rule_.keep_firing_for.count() != 0) Add("record", "invalid field 'keep_firing_for' in recording rule");
    if (!labels::IsLegacyMetricName(rule_.record)) Add("record", StrCat("invalid recording rule name: ", rule_.record));
  }

  void CheckLabels() {
    for (const auto& [name, value] : rule_.labels) {
      if (!labels::IsLegacyLabelName(name) || name == labels::kMetricName) AddWithoutPlace(StrCat("invalid label name: ", name));
      if (!labels::IsValidValue(value)) AddWithoutPlace(StrCat("invalid label value: ", value));
    }
    for (const auto& [name, text] : rule_.annotations) {
      if (!labels::IsLegacyLabelName(name)) AddWithoutPlace(StrCat("invalid annotation name: ", name));
    }
  }

  void CheckTemplates() {
    const auto check = [&](std::string_view kind, const std::map<std::string, std::string>& texts) {
      for (const auto& [name, text] : texts) {
        const Status status = CheckAlertText(rule_.alert, text);
        if (!status.ok()) AddWithoutPlace(StrCat(kind, " ", GoQuote(name), ": ", status.message()));
      }
    };
    check("label", rule_.labels);
    check("annotation", rule_.annotations);
  }

  void Add(std::string_view key, std::string_view message) {
    errors_.push_back(StrCat(Position(node_.Find(key)), ": ", where_, message));
  }
  void AddWithoutPlace(std::string_view message) { errors_.push_back(StrCat(where_, message)); }

  const Rule& rule_;
  const YamlNode& node_;
  const std::string where_;
  const promql::Features& features_;
  std::vector<std::string> errors_;
};

// The n-th item of a list that decoding has found to be sound.
const YamlNode& ItemOf(const YamlNode* list, size_t index) { return list->items()[index]; }

void CheckGroup(const RuleGroup& group, const YamlNode& node, const promql::Features& features, std::vector<std::string>* errors) {
  for (size_t i = 0; i < group.rules.size(); ++i) {
    const Rule& rule = group.rules[i];
    const std::string where = StrCat("group ", GoQuote(group.name), ", rule ", i + 1, ", ", GoQuote(rule.name()), ": ");
    const auto found = RuleChecker(rule, ItemOf(node.Find("rules"), i), where, features).Run();
    errors->insert(errors->end(), found.begin(), found.end());
  }
  const std::string& strategy = group.partial_response_strategy;
  if (!strategy.empty() && strategy != "warn" && strategy != "abort") {
    errors->push_back(StrCat(Position(&node), ": group ", GoQuote(group.name), ": unknown partial_response_strategy ",
                             GoQuote(strategy), ", expected \"warn\" or \"abort\""));
  }
}

}  // namespace

RuleFile ParseRuleFile(std::string_view text, const std::string& path, const promql::Features& features) {
  RuleFile file;
  const auto root = YamlNode::Parse(text, path);
  Status status = root.status();
  if (root.ok()) {
    config::YamlFields fields(*root);
    status = fields.Field("groups", &file.groups).Finish();
  }
  if (!status.ok()) {
    file.errors.emplace_back(status.message());
    return file;
  }
  std::vector<std::string> errors;
  std::set<std::string> names;
  for (size_t i = 0; i < file.groups.size(); ++i) {
    RuleGroup& group = file.groups[i];
    group.file = path;
    const YamlNode& node = ItemOf(root->Find("groups"), i);
    if (group.name.empty()) errors.push_back(StrCat(Position(&node), ": Groupname must not be empty"));
    if (!names.insert(group.name).second) {
      errors.push_back(StrCat(Position(&node), ": groupname: ", GoQuote(group.name), " is repeated in the same file"));
    }
    CheckGroup(group, node, features, &errors);
  }
  for (const std::string& error : errors) file.errors.push_back(StrCat(path, ": ", error));
  return file;
}

}  // namespace epi::rules
