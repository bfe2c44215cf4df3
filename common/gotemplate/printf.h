// Go's fmt.Sprintf for template values.
//
// Verbs %v %s %q %d %t %f %F %e %g %x %X %o %b %c %U %T %%; flags - + # 0 space; width and precision, also as *.
// Mistakes are part of the text, as in Go: %!d(string=x), %!d(MISSING), %!(EXTRA int=1).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/gotemplate/value.h"

namespace epi::gotemplate {

std::string Sprintf(std::string_view format, std::span<const Value> args);

}  // namespace epi::gotemplate
