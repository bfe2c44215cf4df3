#include "common/config/target_file.h"

#include <glob.h>

#include <map>

#include "common/config/yaml.h"

namespace epi::config {
namespace {

struct TargetGroup {
  std::vector<std::string> targets;
  std::map<std::string, std::string> labels;
};

Status DecodeYaml(const YamlNode& node, TargetGroup* out) {
  YamlFields fields(node);
  fields.Field("targets", &out->targets);
  fields.Field("labels", &out->labels);
  return fields.Finish();
}

}  // namespace

Result<std::vector<std::string>> ParseTargets(std::string_view text, const std::string& source) {
  const YamlNode root = TRY(YamlNode::Parse(text, source));
  std::vector<std::string> targets;
  if (root.is_null()) return targets;
  if (root.kind() != YamlNode::Kind::kList) return root.Error("expected a list of groups with targets");
  for (const YamlNode& item : root.items()) {
    TargetGroup group;
    RETURN_IF_ERROR(DecodeYaml(item, &group));
    targets.insert(targets.end(), group.targets.begin(), group.targets.end());
  }
  return targets;
}

std::vector<std::string> ExpandFilePatterns(std::span<const std::string> patterns) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    glob_t found{};
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.insert(paths.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    globfree(&found);
  }
  return paths;
}

}  // namespace epi::config
