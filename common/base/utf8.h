// UTF-8 as Go reads it: an ill-formed byte decodes as U+FFFD and one byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace epi {

inline constexpr char32_t kReplacementRune = 0xFFFD;

struct DecodedRune {
  char32_t rune = kReplacementRune;
  // Bytes consumed: 0 for empty input; 1 with kReplacementRune for an ill-formed byte.
  uint32_t size = 0;
  // False for an ill-formed byte and for empty input.
  bool valid = false;
};

// First rune of `text`. Surrogates, overlong forms and values above U+10FFFF are ill-formed.
DecodedRune DecodeRune(std::string_view text);
bool IsValidUtf8(std::string_view text);
// Appends the encoding of `rune`; surrogates and values above U+10FFFF append U+FFFD.
void AppendRune(std::string* out, char32_t rune);
// Copy with each ill-formed byte replaced by U+FFFD.
std::string ToValidUtf8(std::string_view text);

// Go's strconv.IsPrint (Unicode 15): letters, marks, numbers, punctuation, symbols and the ASCII space.
bool IsPrintRune(char32_t rune);

}  // namespace epi
