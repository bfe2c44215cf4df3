// Cuts PromQL text into tokens. Comments and white space are skipped.
//
//   general ──'{'──▶ braces ──'}'──▶ general          words in braces are never keywords
//   general ──'['──▶ duration ──number──▶ general     in brackets only numbers, arithmetic and step/range/min_of/max_of
//
// After a number inside brackets the general rules apply again, with brackets remembered: error texts depend on that.
//
// Contract: after kEof or kError every further token is the same. A copy goes on from the same place. The text of tokens points into the query, which must
//           outlive them.
// Errors:   a kError token; error() says why, and the faulty range goes from the token's start to the end of the query.
#pragma once

#include <string>
#include <string_view>

#include "common/promql/token.h"

namespace epi::promql {

class Lexer {
 public:
  explicit Lexer(std::string_view input) : input_(input) {}

  Token Next();
  const std::string& error() const { return error_; }

 private:
  enum class Mode : uint8_t { kGeneral, kBraces, kDuration };

  // A character; -1 at the end.
  int Peek() const { return position_ < input_.size() ? static_cast<unsigned char>(input_[position_]) : -1; }
  bool Accept(std::string_view any_of);
  bool IsNext(std::string_view any_of) const;
  void SkipSpaceAndComments();
  Token Emit(TokenType type);
  Token EmitAfter(size_t bytes, TokenType type);
  Token Fail(std::string message);

  Token NextGeneral();
  Token NextInBraces();
  Token NextInDuration();
  Token End();
  Token Parenthesis(char c);
  Token Bracket(char c);
  Token OperatorOrFail(char c);
  Token ColonOrWordInBrackets(char c);
  Token Word();
  Token Identifier();
  bool AtFillWithoutParen(TokenType keyword) const;
  // The keyword token if the letters ahead are step, range, min_of or max_of.
  bool AtDurationWord(TokenType* type);

  // lexer_number.cc
  Token NumberOrDuration();
  bool ScanNumber();
  bool ScanDigits(std::string_view digits);
  bool ScanExponent();
  bool ScanRestOfDuration();

  // lexer_string.cc
  Token String(char quote);
  // Reads one escape sequence after its backslash; false when it is faulty (error_ is set).
  bool ScanEscape(char quote);
  bool ScanCodePoint(int digits, int base, uint32_t max);
  // The rune at position_, which moves behind it; -1 at the end.
  int32_t TakeRune();

  std::string_view input_;
  size_t position_ = 0;
  size_t start_ = 0;
  std::string error_;
  Mode mode_ = Mode::kGeneral;
  bool failed_ = false;
  int paren_depth_ = 0;
  bool bracket_open_ = false;
  bool got_colon_ = false;
  bool got_duration_ = false;
};

}  // namespace epi::promql
