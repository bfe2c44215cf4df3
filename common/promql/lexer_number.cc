// Numbers and durations. What is accepted here need not be a valid number: that is decided when it is converted.
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/promql/lexer.h"

namespace epi::promql {
namespace {

constexpr std::string_view kDecimal = "0123456789";
constexpr std::string_view kHexadecimal = "0123456789abcdefABCDEF";

bool IsAlphanumeric(int c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

Token Lexer::NumberOrDuration() {
  if (ScanNumber()) return Emit(TokenType::kNumber);
  if (ScanRestOfDuration()) return Emit(TokenType::kDuration);
  return Fail(StrCat("bad number or duration syntax: ", GoQuote(input_.substr(start_, position_ - start_))));
}

bool Lexer::ScanNumber() {
  std::string_view digits = kDecimal;
  if (Accept("0") && Accept("xX")) {
    Accept("_");
    digits = kHexadecimal;
  }
  Accept(".");
  Accept(digits);
  return ScanDigits(digits) && !IsAlphanumeric(Peek());
}

// The rest of a number: digits, one dot, one exponent, underscores between digits.
bool Lexer::ScanDigits(std::string_view digits) {
  bool dot = false;
  bool exponent = false;
  while (IsNext(digits) || IsNext("._eE")) {
    if (IsNext(".")) {
      ++position_;
      if (dot || Accept("_.") || digits == kHexadecimal) return false;
      dot = true;
    } else if (IsNext("eE")) {
      if (exponent) {
        ++position_;
        return false;
      }
      if (!ScanExponent()) return false;
      exponent = true;
    } else if (Accept("_")) {
      if (Accept("._eE") || Peek() < 0) return false;
    } else {
      while (Accept(digits)) {
      }
    }
  }
  return true;
}

bool Lexer::ScanExponent() {
  ++position_;
  Accept("+-");
  return !Accept("._eE") && Peek() >= 0;
}

// A unit, then more numbers with units. Order and spelling of the units are checked when the duration is converted.
bool Lexer::ScanRestOfDuration() {
  if (!Accept("smhdwy")) return false;
  Accept("s");
  while (Accept(kDecimal)) {
    while (Accept(kDecimal)) {
    }
    if (!Accept("smhdw")) return false;
    Accept("s");
  }
  if (!IsAlphanumeric(Peek())) return true;
  ++position_;
  return false;
}

}  // namespace epi::promql
