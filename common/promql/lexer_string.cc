// String literals: checked here, converted by base/go_quote.h.
#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/promql/lexer.h"
#include "common/promql/rune_text.h"

namespace epi::promql {
namespace {

constexpr int32_t kEndOfInput = -1;

// 16 for what is no digit.
int DigitValue(int32_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

}  // namespace

int32_t Lexer::TakeRune() {
  if (position_ >= input_.size()) return kEndOfInput;
  const DecodedRune decoded = DecodeRune(input_.substr(position_));
  position_ += decoded.size;
  return static_cast<int32_t>(decoded.rune);
}

Token Lexer::String(char quote) {
  ++position_;
  const bool raw = quote == '`';
  while (true) {
    const int32_t rune = TakeRune();
    if (rune == quote) return Emit(TokenType::kString);
    // A well-formed U+FFFD is refused as well.
    if (rune == static_cast<int32_t>(kReplacementRune)) return Fail("invalid UTF-8 rune");
    if (rune == kEndOfInput && raw) return Fail("unterminated raw string");
    if (raw) continue;
    if (rune == kEndOfInput || rune == '\n') return Fail("unterminated quoted string");
    if (rune == '\\' && !ScanEscape(quote)) return Fail(std::move(error_));
  }
}

bool Lexer::ScanEscape(char quote) {
  const int32_t c = TakeRune();
  if (c == quote) return true;
  switch (c) {
    case 'a':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
    case 'v':
    case '\\':
      return true;
    case 'x':
      return ScanCodePoint(2, 16, 255);
    case 'u':
      return ScanCodePoint(4, 16, 0x10FFFF);
    case 'U':
      return ScanCodePoint(8, 16, 0x10FFFF);
    case kEndOfInput:
      error_ = "escape sequence not terminated";
      return false;
    default:
      break;
  }
  if (c >= '0' && c <= '7') {
    --position_;
    return ScanCodePoint(3, 8, 255);
  }
  error_ = StrCat("unknown escape sequence ", UnicodeNotation(c));
  return false;
}

bool Lexer::ScanCodePoint(int digits, int base, uint32_t max) {
  uint64_t value = 0;
  for (int i = 0; i < digits; ++i) {
    const int32_t c = TakeRune();
    const int digit = DigitValue(c);
    if (digit >= base) {
      error_ = c == kEndOfInput ? "escape sequence not terminated"
                                : StrCat("illegal character ", UnicodeNotation(c), " in escape sequence");
      return false;
    }
    value = value * static_cast<uint64_t>(base) + static_cast<uint64_t>(digit);
  }
  if (value <= max && (value < 0xD800 || value >= 0xE000)) return true;
  error_ = "escape sequence is an invalid Unicode code point";
  return false;
}

}  // namespace epi::promql
