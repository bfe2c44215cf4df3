#include "hub/tools/test_commands.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/labels/anchored_regex.h"
#include "common/promqltest/engine_evaluator.h"
#include "common/promqltest/runner.h"
#include "hub/tools/rule_test_file.h"
#include "hub/tools/rule_test_run.h"

namespace epi::hub {
namespace {

struct RuleTestFlags {
  std::vector<std::string> files;
  std::vector<std::string> run;
  std::vector<std::string> enabled_features;
};

// The command has printed what failed: an error without text only makes the exit code.
Status Failed() { return FailedPreconditionError(""); }

// As promtool: the texts on stderr, an empty line on stdout after each.
void PrintFailures(const std::vector<std::string>& errors) {
  std::fputs("  FAILED:\n", stderr);
  for (const std::string& error : errors) {
    std::fprintf(stderr, "%s\n", error.c_str());
    std::puts("");
    std::fflush(stdout);
  }
}

// Groups of all files in the order they are to be evaluated; those that no order names come first.
std::vector<rules::RuleGroup> LoadGroups(const RuleTestFile& file, const promql::Features& features, std::vector<std::string>* errors) {
  std::vector<rules::RuleGroup> groups;
  for (const std::string& path : file.rule_files) {
    const auto text = ReadFile(path);
    if (!text.ok()) {
      errors->emplace_back(text.status().message());
      continue;
    }
    rules::RuleFile parsed = rules::ParseRuleFile(*text, path, features);
    errors->insert(errors->end(), parsed.errors.begin(), parsed.errors.end());
    std::move(parsed.groups.begin(), parsed.groups.end(), std::back_inserter(groups));
  }
  const auto rank = [&file](const rules::RuleGroup& group) {
    const auto found = std::find(file.group_order.begin(), file.group_order.end(), group.name);
    return found == file.group_order.end() ? 0 : found - file.group_order.begin();
  };
  std::stable_sort(groups.begin(), groups.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return groups;
}

Result<bool> Selected(const RuleTestFlags& flags, const std::string& name) {
  for (const std::string& pattern : flags.run) {
    if (TRY(labels::AnchoredRegex::Make(pattern)).FoundIn(name)) return true;
  }
  return flags.run.empty();
}

Result<std::vector<std::string>> RunRuleTests(const RuleTestFlags& flags, const std::string& path, const promql::Features& features) {
  const RuleTestFile file = TRY(ReadRuleTestFile(path));
  for (const std::string& pattern : file.missing) std::fprintf(stderr, "  WARNING: no file match pattern %s\n", pattern.c_str());
  std::vector<std::string> rule_errors;
  const std::vector<rules::RuleGroup> groups = LoadGroups(file, features, &rule_errors);
  std::vector<std::string> errors;
  for (const RuleTestGroup& test : file.tests) {
    if (!TRY(Selected(flags, test.name))) continue;
    // Rules that cannot be read fail every test.
    const auto failed = rule_errors.empty() ? RunRuleTestGroup(Context::Background(), test, file, groups, features) : rule_errors;
    errors.insert(errors.end(), failed.begin(), failed.end());
  }
  return errors;
}

Status RunTestRules(const RuleTestFlags& flags) {
  promql::Features features;
  for (const std::string& feature : flags.enabled_features) RETURN_IF_ERROR(features.Enable(feature));
  bool all_passed = true;
  for (const std::string& path : flags.files) {
    std::printf("Unit Testing:  %s\n", path.c_str());
    std::fflush(stdout);
    const auto errors = RunRuleTests(flags, path, features);
    if (errors.ok() && errors->empty()) {
      std::puts("  SUCCESS");
    } else {
      all_passed = false;
      PrintFailures(errors.ok() ? *errors : std::vector<std::string>{std::string(errors.status().message())});
    }
    std::puts("");
  }
  return all_passed ? OkStatus() : Failed();
}

// The file itself, or the scripts right inside a folder.
std::vector<std::string> ScriptsOf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::string> scripts;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().extension() == ".test") scripts.push_back(entry.path().string());
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

// Prints the outcome of one script; false when something in it failed.
Result<bool> RunScriptFile(const std::string& path) {
  promqltest::EngineEvaluator evaluator;
  const auto result = promqltest::RunScript(TRY(ReadFile(path)), &evaluator);
  if (!result.ok()) return result.status().WithContext(path);
  std::printf("%s: %zu/%zu\n", path.c_str(), result->passed, result->total);
  std::fflush(stdout);
  for (const promqltest::Failure& failure : result->failures) {
    std::fprintf(stderr, "%s:%d: %s\n    %s\n", path.c_str(), failure.line, failure.expr.c_str(), failure.reason.c_str());
  }
  return result->failures.empty();
}

Status RunTestPromql(const std::vector<std::string>& paths) {
  bool all_passed = true;
  for (const std::string& path : paths) {
    const std::vector<std::string> scripts = ScriptsOf(path);
    if (scripts.empty()) return NotFoundError(StrCat("no *.test files in ", path));
    for (const std::string& script : scripts) all_passed &= TRY(RunScriptFile(script));
  }
  return all_passed ? OkStatus() : Failed();
}

}  // namespace

void AddTestCommands(config::Command* tools, process::CommandRuns* runs) {
  config::Command* test = tools->AddCommand("test", "Run tests of rules and of PromQL that are written as text.");

  config::Command* rules = test->AddCommand("rules", "Unit tests for rules, in promtool's files.");
  auto flags = std::make_shared<RuleTestFlags>();
  rules->Add("run", "Run only the test groups whose name matches this regular expression (repeatable).", &flags->run);
  rules->Add("enable-feature", "Features of PromQL to switch on, by Prometheus' names (repeatable).", &flags->enabled_features);
  rules->AddArgument("test-rule-file", "The unit test file.", &flags->files);
  (*runs)[rules] = [flags](const config::Command&) { return RunTestRules(*flags); };

  config::Command* promql = test->AddCommand("promql", "PromQL test scripts: *.test files, or folders of them.");
  auto paths = std::make_shared<std::vector<std::string>>();
  promql->AddArgument("path", "A script, or a folder of scripts.", paths.get());
  (*runs)[promql] = [paths](const config::Command&) { return RunTestPromql(*paths); };
}

}  // namespace epi::hub
