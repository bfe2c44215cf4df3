// Cases are text: tests/golden/labels/relabel.test. Each has labels, rules in YAML, and the labels that come out.
#include "common/config/relabel_config.h"

#include "common/base/file.h"
#include "tests/support/catch.h"

namespace epi::config {
namespace {

struct Case {
  int line = 0;
  std::string name;
  labels::Labels input;
  std::string rules;
  std::string expected;
};

// "a=1 b=x" as labels; no spaces in values.
labels::Labels ReadLabels(std::string_view text) {
  labels::LabelsBuilder builder;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view pair = text.substr(0, end);
    const size_t equals = pair.find('=');
    REQUIRE(equals != std::string_view::npos);
    builder.Set(pair.substr(0, equals), pair.substr(equals + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return builder.Build();
}

std::vector<Case> ReadCases(const std::string& path) {
  const std::string text = *ReadFile(path);
  std::vector<Case> cases;
  int line_number = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string line = text.substr(start, end - start);
    start = end + 1;
    ++line_number;
    if (line.starts_with("case ")) {
      cases.push_back({line_number, line.substr(5), {}, {}, {}});
    } else if (line.starts_with("in ")) {
      cases.back().input = ReadLabels(line.substr(3));
    } else if (line.starts_with("out ")) {
      cases.back().expected = line.substr(4);
    } else if (line.starts_with("  ")) {
      cases.back().rules += line.substr(2) + "\n";
    }
  }
  return cases;
}

std::string Run(const Case& c) {
  const Result<labels::RelabelRules> rules = ParseRelabelConfig(c.rules, "rules");
  if (!rules.ok()) return "error " + std::string(rules.status().message());
  const std::optional<labels::Labels> out = labels::Relabel(c.input, *rules);
  return out.has_value() ? out->ToString() : "dropped";
}

TEST_CASE("relabel rules do what their text cases say") {
  const std::vector<Case> cases = ReadCases("tests/golden/labels/relabel.test");
  REQUIRE(cases.size() > 20);
  for (const Case& c : cases) {
    INFO("tests/golden/labels/relabel.test:" << c.line << ": " << c.name);
    CHECK(Run(c) == c.expected);
  }
}

TEST_CASE("no text is no rule, and keeps everything") {
  CHECK(ParseRelabelConfig("", "f")->empty());
  CHECK(labels::Relabel(labels::Labels{{"a", "b"}}, {}) == labels::Labels{{"a", "b"}});
}

}  // namespace
}  // namespace epi::config
