// Every expression of tests/golden/promql/parser/*.txt: its printed form, or its error.
//
//   > foo+bar                an expression, up to the end of the line; >> takes a Go-quoted one
//   = foo + bar              how it prints
//   ! 1:2: parse error: …    or its error
//   features: none           all features off (or on again: all) for what follows
//
// What is printed must parse and print the same again. UPDATE_GOLDEN=1 rewrites the answers.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/promql/parse.h"
#include "common/promql/print.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

constexpr char kFolder[] = "tests/golden/promql/parser";

struct Case {
  std::string query;
  Features features;
};

std::string AnswerOf(const Case& test) {
  const auto expr = ParseExpr(test.query, test.features);
  return expr.ok() ? StrCat("= ", Print(**expr)) : StrCat("! ", expr.status().message());
}

void CheckRoundTrip(const Case& test) {
  const auto expr = ParseExpr(test.query, test.features);
  if (!expr.ok()) return;
  const std::string printed = Print(**expr);
  const auto again = ParseExpr(printed, test.features);
  INFO(printed);
  REQUIRE(again.ok());
  CHECK(Print(**again) == printed);
}

// The case that a line starts, if it does.
bool ReadCase(const std::string& line, Features* features, Case* test) {
  if (line.starts_with("features: ")) *features = line.ends_with("all") ? Features::All() : Features();
  if (!line.starts_with("> ") && !line.starts_with(">> ")) return false;
  test->features = *features;
  test->query = line.starts_with("> ") ? line.substr(2) : GoUnquote(line.substr(3)).ValueOr("");
  return true;
}

std::vector<std::string> ReadLines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// Checks (or rewrites) one file; returns how many cases it has.
size_t CheckFile(const std::filesystem::path& path, bool update) {
  const std::vector<std::string> lines = ReadLines(path);
  std::vector<std::string> updated;
  Features features = Features::All();
  Case test;
  size_t cases = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    updated.push_back(lines[i]);
    if (!ReadCase(lines[i], &features, &test)) continue;
    ++cases;
    const bool answered = i + 1 < lines.size() && (lines[i + 1].starts_with("= ") || lines[i + 1].starts_with("! "));
    INFO(path.string() << ":" << i + 1 << ": " << test.query);
    if (!update) CHECK((answered ? lines[i + 1] : "") == AnswerOf(test));
    CheckRoundTrip(test);
    updated.push_back(AnswerOf(test));
    if (answered) ++i;
  }
  if (update) {
    std::ofstream file(path);
    for (const std::string& line : updated) file << line << "\n";
  }
  return cases;
}

TEST_CASE("expressions parse, print and fail as the golden files say") {
  const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
  size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".txt") cases += CheckFile(entry.path(), update);
  }
  CHECK(cases >= 700);
}

}  // namespace
}  // namespace epi::promql
