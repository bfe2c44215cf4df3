// Runs test scripts.
//
// Every instant evaluation runs more than once, because its answer must not depend on how it is asked for: with every selector
// pinned by @ at five other times, and each of these also as the middle step of a range query.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/promqltest/evaluator.h"
#include "common/promqltest/script.h"

namespace epi::promqltest {

struct Failure {
  int line = 0;
  std::string expr;
  std::string reason;
};

struct ScriptResult {
  size_t total = 0;  // Evaluations in the script.
  size_t passed = 0;
  std::vector<Failure> failures;
};

// Runs all commands; a failed evaluation does not stop the script, a failed load does (as a failure of its line).
// Errors: InvalidArgument when the script does not parse.
Result<ScriptResult> RunScript(std::string_view text, Evaluator* evaluator);

}  // namespace epi::promqltest
