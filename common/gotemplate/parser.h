// Reads a template's text into its tree.
//
// Contract: functions must be known, variables declared. Errors: InvalidArgument "template: name:line: message".
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/gotemplate/functions.h"
#include "common/gotemplate/syntax.h"

namespace epi::gotemplate {

// Blocks and parentheses that may be open at once.
inline constexpr size_t kNestingMax = 100;

Result<Tree> Parse(std::string_view name, std::string_view text, const Functions& functions);

}  // namespace epi::gotemplate
