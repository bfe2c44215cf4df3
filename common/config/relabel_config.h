// relabel_configs in YAML: a list of rules with Prometheus' keys.
#pragma once

#include <string>
#include <string_view>

#include "common/config/yaml.h"
#include "common/labels/relabel.h"

namespace epi::config {

// One rule. Errors carry the line of the rule.
Status DecodeYaml(const YamlNode& node, labels::RelabelSpec* out);

// A file or flag that holds nothing but a list of rules (--selector.relabel-config and others). Empty text is no rule.
Result<labels::RelabelRules> ParseRelabelConfig(std::string_view text, std::string source);
// The same below a key of a larger file.
Status DecodeYaml(const YamlNode& node, labels::RelabelRules* out);

}  // namespace epi::config
