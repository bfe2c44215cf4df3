// Parser of the patterns that RegexShape understands.
//
//   alternatives = sequence { "|" sequence }
//   sequence     = { atom }             at the top also: "^" first, "$" last
//   atom         = literal | ".*" | ".+" | ".*?" | ".+?" | class | "(" ["?:"] alternatives ")"
//   literal      = plain character | "\" punctuation
//   class        = "[" { character | character "-" character } "]"     ASCII, not negated
//
// Everything else (other repetitions, flags, anchors inside, Perl classes) is none of these, and gives no shape.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/labels/regex_shape.h"

namespace epi::labels::internal {

// Every text the pattern matches, as globs; nullopt when the pattern is beyond the grammar above or expands too far.
std::optional<std::vector<RegexShape::Glob>> ParseRegexShape(std::string_view pattern);

}  // namespace epi::labels::internal
