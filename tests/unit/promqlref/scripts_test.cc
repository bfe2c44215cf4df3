// The scripts of the corpus, against the engine and against the reference evaluator.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/base/str_cat.h"
#include "common/promqltest/engine_evaluator.h"
#include "common/promqltest/runner.h"
#include "tests/support/catch.h"
#include "tests/support/promqlref/reference_evaluator.h"

namespace epi::promqlref {
namespace {

namespace fs = std::filesystem;

// Runs every script but `except`; how many evaluations there were.
size_t RunScripts(promqltest::Evaluator* evaluator, std::string_view except) {
  size_t total = 0;
  for (const auto& entry : fs::directory_iterator("tests/golden/promql")) {
    const fs::path& path = entry.path();
    if (path.extension() != ".test" || path.filename() == except) continue;
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto result = promqltest::RunScript(text, evaluator);
    INFO(path.filename().string());
    REQUIRE(result.ok());
    total += result->total;
    for (const promqltest::Failure& failure : result->failures) {
      FAIL_CHECK(StrCat("line ", failure.line, ": ", failure.expr, "\n  ", failure.reason));
    }
  }
  return total;
}

TEST_CASE("the engine passes the script corpus") {
  promqltest::EngineEvaluator engine;
  CHECK(RunScripts(&engine, "") > 400);
}

TEST_CASE("the reference evaluator passes the script corpus, limits apart, which it does not have") {
  ReferenceEvaluator reference;
  CHECK(RunScripts(&reference, "limits.test") > 400);
}

}  // namespace
}  // namespace epi::promqlref
