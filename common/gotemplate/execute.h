// Runs a template's tree.
#pragma once

#include <string>
#include <string_view>

#include "common/base/context.h"
#include "common/gotemplate/functions.h"
#include "common/gotemplate/syntax.h"

namespace epi::gotemplate {

// What a tree needs to run, and to name its place in errors.
struct Program {
  std::string_view name;
  std::string_view text;
  const Tree* tree = nullptr;
  const Functions* functions = nullptr;
};

// Limits and errors: template.h.
Result<std::string> Execute(const Context& ctx, const Program& program, const Value& data);

}  // namespace epi::gotemplate
