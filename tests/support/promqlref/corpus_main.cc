// promql_corpus [-v] [--reference] PATH…: runs test scripts (files, or the *.test files of directories) and prints, per file and in
// all, how many evaluations passed. -v names every failure; --reference runs them against the reference evaluator instead of the
// engine. Exits with 1 when anything failed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/promqltest/engine_evaluator.h"
#include "common/promqltest/runner.h"
#include "tests/support/promqlref/reference_evaluator.h"

namespace {

namespace fs = std::filesystem;
using epi::promqltest::Failure;

std::vector<fs::path> ScriptsBelow(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> scripts;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".test") scripts.push_back(entry.path());
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Totals {
  size_t total = 0;
  size_t passed = 0;
  bool failed = false;
};

void RunFile(const fs::path& path, epi::promqltest::Evaluator* evaluator, bool verbose, Totals* totals) {
  const auto result = epi::promqltest::RunScript(ReadAll(path), evaluator);
  if (!result.ok()) {
    std::printf("%s: %s\n", path.c_str(), result.status().ToString().c_str());
    totals->failed = true;
    return;
  }
  totals->total += result->total;
  totals->passed += result->passed;
  totals->failed |= !result->failures.empty();
  std::printf("%s: %zu/%zu\n", path.filename().c_str(), result->passed, result->total);
  if (!verbose) return;
  for (const Failure& failure : result->failures) {
    std::printf("  line %d: %s\n    %s\n", failure.line, failure.expr.c_str(), failure.reason.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool verbose = false;
  Totals totals;
  epi::promqltest::EngineEvaluator engine;
  epi::promqlref::ReferenceEvaluator reference;
  epi::promqltest::Evaluator* evaluator = &engine;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "-v") {
      verbose = true;
      continue;
    }
    if (std::string_view(argv[i]) == "--reference") {
      evaluator = &reference;
      continue;
    }
    for (const fs::path& script : ScriptsBelow(argv[i])) RunFile(script, evaluator, verbose, &totals);
  }
  std::printf("total: %zu/%zu\n", totals.passed, totals.total);
  return totals.failed || totals.total == 0 ? 1 : 0;
}
