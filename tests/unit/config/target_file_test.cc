#include "common/config/target_file.h"

#include "common/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace epi::config {
namespace {

using Targets = std::vector<std::string>;

TEST_CASE("targets are read from YAML and from JSON, groups in order") {
  CHECK(ParseTargets("- targets: [a:1, 'b:2']\n  labels: {zone: x}\n- targets:\n  - c:3\n", "f").value() == Targets{"a:1", "b:2", "c:3"});
  CHECK(ParseTargets(R"([{"targets": ["a:1"], "labels": {"zone": "x"}}, {"targets": []}])", "f").value() == Targets{"a:1"});
  CHECK(ParseTargets("", "f").value().empty());
  CHECK(ParseTargets("[]", "f").value().empty());
}

TEST_CASE("a file of targets that is none is refused with its line") {
  CHECK(ParseTargets("targets: [a:1]", "f").status().message() == "f:1: expected a list of groups with targets");
  CHECK(ParseTargets("- target: [a:1]", "f").status().message() == "f:1: unknown key \"target\", did you mean \"targets\"?");
  CHECK(ParseTargets("- targets: a:1", "f").status().message() == "f:1: expected a list, got text");
  CHECK_FALSE(ParseTargets("- [", "f").ok());
}

TEST_CASE("patterns name the files that are there, in order") {
  const TempDir dir;
  for (const char* name : {"/b.yaml", "/a.yaml", "/c.json"}) REQUIRE(WriteFileAtomically(dir.path() + name, "").ok());
  const Targets patterns = {dir.path() + "/*.yaml", dir.path() + "/none*", dir.path() + "/c.json"};
  CHECK(ExpandFilePatterns(patterns) == Targets{dir.path() + "/a.yaml", dir.path() + "/b.yaml", dir.path() + "/c.json"});
}

}  // namespace
}  // namespace epi::config
