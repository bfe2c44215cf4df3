// The table of PromQL's functions: names and signatures. The parser checks calls against it, the engine implements it.
#pragma once

#include <span>
#include <string_view>

#include "common/promql/value_type.h"

namespace epi::promql {

struct FunctionSignature {
  std::string_view name;
  std::span<const ValueType> arg_types;
  // 0: exactly arg_types. n > 0: the last type may be missing or stand up to n times. -1: any number of times.
  int variadic = 0;
  ValueType return_type = ValueType::kVector;
  bool experimental = false;

  size_t args_min() const { return variadic == 0 ? arg_types.size() : arg_types.size() - 1; }
  // Meaningless when variadic is negative.
  size_t args_max() const { return variadic > 0 ? args_min() + static_cast<size_t>(variadic) : arg_types.size(); }
};

// Null when there is no such function. Names are case-sensitive.
const FunctionSignature* FindFunction(std::string_view name);

// All functions, sorted by name.
std::span<const FunctionSignature> AllFunctions();

}  // namespace epi::promql
