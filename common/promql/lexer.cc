#include "common/promql/lexer.h"

#include "common/base/str_cat.h"
#include "common/promql/rune_text.h"

namespace epi::promql {
namespace {

using enum TokenType;

bool IsDigit(int c) { return c >= '0' && c <= '9'; }
bool IsAlpha(int c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsSpace(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
int ToLower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
bool StartsDurationWord(int c) { return ToLower(c) == 's' || ToLower(c) == 'r' || ToLower(c) == 'm'; }

TokenType SingleCharOperator(char c) {
  switch (c) {
    case ',':
      return kComma;
    case '*':
      return kMul;
    case '/':
      return kDiv;
    case '%':
      return kMod;
    case '+':
      return kAdd;
    case '-':
      return kSub;
    case '^':
      return kPow;
    case '@':
      return kAt;
    default:
      return kError;
  }
}

}  // namespace

Token Lexer::Next() {
  if (failed_) return Token{kError, static_cast<int32_t>(start_), {}};
  SkipSpaceAndComments();
  switch (mode_) {
    case Mode::kGeneral:
      return NextGeneral();
    case Mode::kBraces:
      return NextInBraces();
    case Mode::kDuration:
      return NextInDuration();
  }
  return Fail("unknown lexer mode");
}

bool Lexer::IsNext(std::string_view any_of) const {
  return position_ < input_.size() && any_of.find(input_[position_]) != std::string_view::npos;
}

bool Lexer::Accept(std::string_view any_of) {
  if (!IsNext(any_of)) return false;
  ++position_;
  return true;
}

void Lexer::SkipSpaceAndComments() {
  while (position_ < input_.size()) {
    if (IsSpace(Peek())) {
      ++position_;
    } else if (Peek() == '#' && mode_ != Mode::kDuration) {
      position_ = std::min(input_.find_first_of("\r\n", position_), input_.size());
    } else {
      break;
    }
  }
  start_ = position_;
}

Token Lexer::Emit(TokenType type) {
  const Token token{type, static_cast<int32_t>(start_), input_.substr(start_, position_ - start_)};
  start_ = position_;
  return token;
}

Token Lexer::EmitAfter(size_t bytes, TokenType type) {
  position_ += bytes;
  return Emit(type);
}

Token Lexer::Fail(std::string message) {
  failed_ = true;
  error_ = std::move(message);
  return Token{kError, static_cast<int32_t>(start_), {}};
}

Token Lexer::NextGeneral() {
  const int c = Peek();
  if (c < 0) return End();
  const int next = position_ + 1 < input_.size() ? static_cast<unsigned char>(input_[position_ + 1]) : -1;
  if (IsDigit(c) || (c == '.' && IsDigit(next))) return NumberOrDuration();
  if (IsAlpha(c) || c == ':') return bracket_open_ ? ColonOrWordInBrackets(static_cast<char>(c)) : Word();
  switch (c) {
    case '"':
    case '\'':
    case '`':
      return String(static_cast<char>(c));
    case '(':
    case ')':
      return Parenthesis(static_cast<char>(c));
    case '[':
    case ']':
      return Bracket(static_cast<char>(c));
    case '{':
      mode_ = Mode::kBraces;
      return EmitAfter(1, kLeftBrace);
    default:
      return OperatorOrFail(static_cast<char>(c));
  }
}

Token Lexer::End() {
  if (paren_depth_ != 0) return Fail("unclosed left parenthesis");
  if (bracket_open_) return Fail("unclosed left bracket");
  return Emit(kEof);
}

Token Lexer::Parenthesis(char c) {
  paren_depth_ += c == '(' ? 1 : -1;
  if (paren_depth_ >= 0) return EmitAfter(1, c == '(' ? kLeftParen : kRightParen);
  // The parenthesis itself is fine, what follows it is not: the fault starts behind it.
  start_ = ++position_;
  return Fail("unexpected right parenthesis ')'");
}

Token Lexer::Bracket(char c) {
  if (c == ']') {
    if (!bracket_open_) return Fail("unexpected right bracket ']'");
    bracket_open_ = false;
    return EmitAfter(1, kRightBracket);
  }
  if (bracket_open_) return Fail("unexpected left bracket '['");
  bracket_open_ = true;
  got_colon_ = false;
  mode_ = Mode::kDuration;
  return EmitAfter(1, kLeftBracket);
}

Token Lexer::OperatorOrFail(char c) {
  ++position_;
  if (const TokenType single = SingleCharOperator(c); single != kError) return Emit(single);
  switch (c) {
    case '=':
      if (Peek() == '~') return Fail("unexpected character after '=': '~'");
      return Accept("=") ? Emit(kEqualEqual) : Emit(kEqual);
    case '!':
      if (Accept("=")) return Emit(kNotEqual);
      return Fail(StrCat("unexpected character after '!': ", QuoteRune(TakeRune())));
    case '<':
      if (Accept("=")) return Emit(kLessOrEqual);
      return Accept("/") ? Emit(kTrimUpper) : Emit(kLess);
    case '>':
      if (Accept("=")) return Emit(kGreaterOrEqual);
      return Accept("/") ? Emit(kTrimLower) : Emit(kGreater);
    default:
      --position_;
      return Fail(StrCat("unexpected character: ", QuoteRune(TakeRune())));
  }
}

Token Lexer::ColonOrWordInBrackets(char c) {
  if (c == ':') {
    if (got_colon_) return Fail("unexpected colon ':'");
    got_colon_ = true;
    return EmitAfter(1, kColon);
  }
  TokenType type = kError;
  if (StartsDurationWord(c) && AtDurationWord(&type)) return Emit(type);
  return Fail(StrCat("unexpected character: ", QuoteRune(c), ", expected ':'"));
}

bool Lexer::AtDurationWord(TokenType* type) {
  while (IsAlpha(Peek())) ++position_;
  const auto keyword = FindKeyword(input_.substr(start_, position_ - start_));
  if (keyword != kStep && keyword != kRange && keyword != kMinOf && keyword != kMaxOf) return false;
  *type = *keyword;
  return true;
}

Token Lexer::Word() {
  bool colon = false;
  while (IsAlpha(Peek()) || IsDigit(Peek()) || Peek() == ':') {
    colon |= Peek() == ':';
    ++position_;
  }
  const auto keyword = FindKeyword(input_.substr(start_, position_ - start_));
  if (keyword.has_value()) return Emit(AtFillWithoutParen(*keyword) ? kIdentifier : *keyword);
  return Emit(colon ? kMetricIdentifier : kIdentifier);
}

// fill, fill_left and fill_right are keywords only right before a parenthesis: they were metric names before.
bool Lexer::AtFillWithoutParen(TokenType keyword) const {
  if (keyword != kFill && keyword != kFillLeft && keyword != kFillRight) return false;
  size_t next = position_;
  while (next < input_.size() && IsSpace(input_[next])) ++next;
  return next >= input_.size() || input_[next] != '(';
}

Token Lexer::Identifier() {
  while (IsAlpha(Peek()) || IsDigit(Peek())) ++position_;
  return Emit(kIdentifier);
}

Token Lexer::NextInBraces() {
  const int c = Peek();
  if (c < 0) return Fail("unexpected end of input inside braces");
  if (IsAlpha(c)) return Identifier();
  if (c == '"' || c == '\'' || c == '`') return String(static_cast<char>(c));
  switch (c) {
    case ',':
      return EmitAfter(1, kComma);
    case '=':
      ++position_;
      return Accept("~") ? Emit(kRegexEqual) : Emit(kEqual);
    case '!':
      ++position_;
      if (Accept("~")) return Emit(kRegexNotEqual);
      if (Accept("=")) return Emit(kNotEqual);
      return Fail(StrCat("unexpected character after '!' inside braces: ", QuoteRune(TakeRune())));
    case '{':
      return Fail("unexpected left brace '{'");
    case '}':
      mode_ = Mode::kGeneral;
      return EmitAfter(1, kRightBrace);
    default:
      return Fail(StrCat("unexpected character inside braces: ", QuoteRune(TakeRune())));
  }
}

Token Lexer::NextInDuration() {
  const int c = Peek();
  if (c < 0) return Fail("unexpected end of input in duration expression");
  const int next = position_ + 1 < input_.size() ? static_cast<unsigned char>(input_[position_ + 1]) : -1;
  if (IsDigit(c) || (c == '.' && IsDigit(next))) {
    got_duration_ = true;
    mode_ = Mode::kGeneral;
    return NumberOrDuration();
  }
  if (StartsDurationWord(c)) {
    TokenType type = kError;
    if (AtDurationWord(&type)) return Emit(type);
    return Fail(StrCat("unexpected character in duration expression: ", QuoteRune(c)));
  }
  switch (c) {
    case ']':
      bracket_open_ = false;
      got_colon_ = false;
      mode_ = Mode::kGeneral;
      return EmitAfter(1, kRightBracket);
    case ':':
      start_ = ++position_;
      if (!got_duration_) return Fail("unexpected colon before duration in duration expression");
      if (got_colon_) return Fail("unexpected repeated colon in duration expression");
      got_colon_ = true;
      start_ = position_ - 1;
      return Emit(kColon);
    case '(':
    case ')':
      return Parenthesis(static_cast<char>(c));
    default:
      if (c == '@' || SingleCharOperator(static_cast<char>(c)) == kError) {
        return Fail(StrCat("unexpected character in duration expression: ", QuoteRune(TakeRune())));
      }
      return EmitAfter(1, SingleCharOperator(static_cast<char>(c)));
  }
}

}  // namespace epi::promql
