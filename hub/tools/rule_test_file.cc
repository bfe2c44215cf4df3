#include "hub/tools/rule_test_file.h"

#include <glob.h>

#include "common/api/params.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/config/yaml.h"
#include "common/promql/literal.h"

namespace epi::hub {

using config::YamlFields;
using config::YamlNode;

namespace {

// YAML's own spellings of what is no ordinary number, else PromQL's numbers.
struct YamlNumber {
  double value = 0;
};

Status DecodeYaml(const YamlNode& node, YamlNumber* out) {
  std::string text = node.text();
  if (const size_t dot = text.find(".inf"); dot != std::string::npos) text.erase(dot, 1);
  if (text == ".nan" || text == ".NaN" || text == ".NAN") text = "NaN";
  if (const size_t dot = text.find(".Inf"); dot != std::string::npos) text.erase(dot, 1);
  const auto number = promql::ParseNumber(text);
  if (!number.ok()) return node.Error(number.status().message());
  out->value = *number;
  return OkStatus();
}

}  // namespace

static Status DecodeYaml(const YamlNode& node, InputSeries* input) {
  return YamlFields(node).Required("series", &input->series).Required("values", &input->values).Finish();
}

static Status DecodeYaml(const YamlNode& node, ExpectedAlert* alert) {
  return YamlFields(node).Field("exp_labels", &alert->labels).Field("exp_annotations", &alert->annotations).Finish();
}

static Status DecodeYaml(const YamlNode& node, AlertTest* test) {
  YamlFields fields(node);
  fields.Field("eval_time", &test->eval_time).Field("alertname", &test->alert_name).Field("exp_alerts", &test->expected);
  return fields.Finish();
}

static Status DecodeYaml(const YamlNode& node, ExpectedSample* sample) {
  YamlNumber number;
  YamlFields fields(node);
  fields.Field("labels", &sample->labels).Field("value", &number).Field("histogram", &sample->histogram);
  sample->value = number.value;
  return fields.Finish();
}

static Status DecodeYaml(const YamlNode& node, ExprTest* test) {
  YamlFields fields(node);
  fields.Field("expr", &test->expr).Field("eval_time", &test->eval_time).Field("exp_samples", &test->expected);
  return fields.Finish();
}

static Status DecodeYaml(const YamlNode& node, RuleTestGroup* group) {
  std::string start;
  YamlFields fields(node);
  fields.Field("name", &group->name).Field("interval", &group->interval).Field("input_series", &group->input);
  fields.Field("alert_rule_test", &group->alert_tests).Field("promql_expr_test", &group->expr_tests);
  fields.Field("external_labels", &group->external_labels).Field("external_url", &group->external_url);
  fields.Field("start_timestamp", &start);
  if (!start.empty()) {
    const auto start_ms = api::ParseTime("start_timestamp", start);
    if (!start_ms.ok()) return node.Error(start_ms.status().message());
    group->start_ms = *start_ms;
  }
  return fields.Finish();
}

static Status DecodeYaml(const YamlNode& node, RuleTestFile* file) {
  YamlFields fields(node);
  fields.Field("rule_files", &file->rule_files).Field("evaluation_interval", &file->evaluation_interval);
  fields.Field("group_eval_order", &file->group_order).Field("fuzzy_compare", &file->fuzzy_compare).Field("tests", &file->tests);
  return fields.Finish();
}

namespace {

// Patterns become the files they match, each below the folder of the test file.
void FindRuleFiles(const std::string& test_path, RuleTestFile* file) {
  const std::string folder = ParentDirectory(test_path);
  std::vector<std::string> found;
  for (const std::string& pattern : file->rule_files) {
    const std::string path = pattern.starts_with('/') || folder == "." ? pattern : StrCat(folder, "/", pattern);
    glob_t matches{};
    if (glob(path.c_str(), 0, nullptr, &matches) == 0) {
      found.insert(found.end(), matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    } else {
      file->missing.push_back(path);
    }
    globfree(&matches);
  }
  file->rule_files = std::move(found);
}

}  // namespace

Result<RuleTestFile> ReadRuleTestFile(const std::string& path) {
  const YamlNode root = TRY(YamlNode::Parse(TRY(ReadFile(path)), path));
  RuleTestFile file;
  RETURN_IF_ERROR(DecodeYaml(root, &file));
  if (file.evaluation_interval.count() <= 0) file.evaluation_interval = std::chrono::minutes(1);
  FindRuleFiles(path, &file);
  return file;
}

}  // namespace epi::hub
