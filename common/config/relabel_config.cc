#include "common/config/relabel_config.h"

namespace epi::config {
namespace {

Status DecodeAction(const YamlNode& node, labels::RelabelAction* out) {
  const Result<labels::RelabelAction> action = labels::ParseRelabelAction(node.text());
  if (!action.ok()) return node.Error(action.status().message());
  *out = *action;
  return {};
}

}  // namespace

Status DecodeYaml(const YamlNode& node, labels::RelabelSpec* out) {
  YamlFields fields(node);
  YamlNode action;
  fields.Field("source_labels", &out->source_labels).Field("separator", &out->separator).Field("regex", &out->regex);
  fields.Field("modulus", &out->modulus).Field("target_label", &out->target_label);
  fields.Field("replacement", &out->replacement).Field("action", &action);
  RETURN_IF_ERROR(fields.Finish());
  if (!action.is_null()) RETURN_IF_ERROR(DecodeAction(action, &out->action));
  return {};
}

Status DecodeYaml(const YamlNode& node, labels::RelabelRules* out) {
  if (node.is_null()) return {};
  if (node.kind() != YamlNode::Kind::kList) return node.Error(StrCat("expected a list of relabel rules, got ", node.KindText()));
  for (const YamlNode& item : node.items()) {
    labels::RelabelSpec spec;
    RETURN_IF_ERROR(DecodeYaml(item, &spec));
    Result<labels::RelabelRule> rule = labels::RelabelRule::Make(std::move(spec));
    if (!rule.ok()) return item.Error(rule.status().message());
    out->push_back(*std::move(rule));
  }
  return {};
}

Result<labels::RelabelRules> ParseRelabelConfig(std::string_view text, std::string source) {
  const YamlNode root = TRY(YamlNode::Parse(text, std::move(source)));
  labels::RelabelRules rules;
  RETURN_IF_ERROR(DecodeYaml(root, &rules));
  return rules;
}

}  // namespace epi::config
