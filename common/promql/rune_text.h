// How Go's %q and %#U print a single rune, as lexer messages quote it.
#pragma once

#include <cstdint>
#include <string>

namespace epi::promql {

// 'x', '\n', '\u200b'; a negative rune (end of input) is U+FFFD.
std::string QuoteRune(int32_t rune);
// U+0078 'x'; the quoted part is left out for what cannot be printed.
std::string UnicodeNotation(int32_t rune);

}  // namespace epi::promql
