// Functions that templates may call.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "common/gotemplate/value.h"

namespace epi::gotemplate {

struct Function {
  static constexpr size_t kAnyNumber = SIZE_MAX;
  size_t args_min = 0;
  size_t args_max = 0;
  // Called with a number of arguments within the bounds.
  std::function<Result<Value>(std::span<const Value> args)> call;
};
using Functions = std::map<std::string, Function, std::less<>>;

// Go's own: print printf println html js urlquery len index slice not eq ne lt le gt ge. `and` and `or` are part of the language,
// because they look at their arguments one by one.
const Functions& Builtins();

}  // namespace epi::gotemplate
