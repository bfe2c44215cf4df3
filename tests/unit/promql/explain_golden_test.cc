// Every query of tests/golden/promql/explain/*.txt: its plan, or its error.
//
//   > sum(up)          a range query from 1000 s to 2000 s, step 10 s
//     aggregate sum    its plan, indented by two spaces; or
//   ! 1:5: parse …     its error
//
// UPDATE_GOLDEN=1 rewrites the answers.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "common/base/str_cat.h"
#include "common/promql/engine.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

constexpr char kFolder[] = "tests/golden/promql/explain";

std::string AnswerOf(const std::string& query) {
  EngineOptions options;
  options.features = Features::All();
  options.features.delayed_name_removal = false;
  const Result<std::string> plan =
      Engine(options).Explain(query, {.start_ms = 1'000'000, .end_ms = 2'000'000, .step_ms = 10'000});
  if (!plan.ok()) return StrCat("! ", plan.status().message(), "\n");
  std::string text;
  std::istringstream lines(*plan);
  for (std::string line; std::getline(lines, line);) StrAppend(&text, "  ", line, "\n");
  return text;
}

// What the file should be: comments and queries as they are, answers anew.
std::string Expected(const std::filesystem::path& path, size_t* cases) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("  ") || line.starts_with("! ")) continue;
    StrAppend(&text, line, "\n");
    if (!line.starts_with("> ")) continue;
    text += AnswerOf(line.substr(2));
    ++*cases;
  }
  return text;
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("plans are as the golden files say") {
  size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string expected = Expected(entry.path(), &cases);
    if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(entry.path()) << expected;
    CHECK(ReadAll(entry.path()) == expected);
  }
  CHECK(cases >= 30);
}

}  // namespace epi::promql
