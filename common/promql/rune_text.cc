#include "common/promql/rune_text.h"

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"

namespace epi::promql {
namespace {

char32_t Printed(int32_t rune) { return rune < 0 ? kReplacementRune : static_cast<char32_t>(rune); }

}  // namespace

std::string QuoteRune(int32_t rune) {
  if (rune == '\'') return "'\\''";
  if (rune == '"') return "'\"'";
  std::string text;
  AppendRune(&text, Printed(rune));
  const std::string quoted = GoQuote(text);
  return StrCat("'", quoted.substr(1, quoted.size() - 2), "'");
}

std::string UnicodeNotation(int32_t rune) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  // Go prints the end of input, -1, as the 64-bit pattern it is.
  uint64_t value = static_cast<uint64_t>(static_cast<int64_t>(rune));
  std::string digits;
  for (; value != 0 || digits.size() < 4; value >>= 4) digits.insert(digits.begin(), kHex[value & 0xF]);
  std::string out = StrCat("U+", digits);
  if (rune < 0 || !IsPrintRune(static_cast<char32_t>(rune))) return out;
  out += " '";
  AppendRune(&out, static_cast<char32_t>(rune));
  out += '\'';
  return out;
}

}  // namespace epi::promql
