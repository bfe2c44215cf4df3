// The few places where Go's regular expression syntax and RE2's differ.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::labels {

// `pattern` as RE2 reads it: (?<name>…) becomes (?P<name>…).
// Errors: InvalidArgument for \C (RE2's "any byte", which Go refuses) and for ill-formed UTF-8.
Result<std::string> TranslateGoSyntax(std::string_view pattern);

// A literal that every match of `pattern` starts with; empty when in doubt.
std::string LiteralPrefix(std::string_view pattern);

}  // namespace epi::labels
