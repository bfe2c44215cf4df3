// How two answers to one query differ.
#pragma once

#include <string>

#include "common/base/status.h"
#include "common/promqltest/evaluator.h"

namespace epi::promqlgen {

struct DiffOptions {
  // Largest relative difference of floats that counts as none.
  double tolerance = 1e-12;
  // Compare the order of an instant vector's elements, too.
  bool ordered = false;
  bool annotations = true;
};

// Empty when the answers are the same. Errors are the same when their texts are (but for which duplicates they name).
std::string Difference(const Result<promqltest::Answer>& expected, const Result<promqltest::Answer>& actual, const std::string& query,
                       const DiffOptions& options);

}  // namespace epi::promqlgen
