#include "common/gotemplate/lexer.h"

#include <algorithm>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"

namespace epi::gotemplate {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::string_view kCommentEnd = "*/";

bool IsSpace(char c) { return kSpaces.find(c) != std::string_view::npos; }
// Bytes above ASCII belong to letters of other scripts.
bool IsWordByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || c == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Run() {
    while (at_ < text_.size()) RETURN_IF_ERROR(TextAndAction());
    Push(TokenKind::kEnd, text_.size());
    return std::move(tokens_);
  }

 private:
  Status TextAndAction() {
    const size_t open = std::min(text_.find(kOpen, at_), text_.size());
    std::string_view text = text_.substr(at_, open - at_);
    if (trim_next_) text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
    const size_t text_offset = open - text.size();
    const bool trims = open + 3 < text_.size() && text_[open + 2] == '-' && IsSpace(text_[open + 3]);
    if (trims) text = text.substr(0, text.find_last_not_of(kSpaces) + 1);
    if (!text.empty()) tokens_.push_back({TokenKind::kText, std::string(text), text_offset});
    at_ = open;
    trim_next_ = false;
    if (open == text_.size()) return OkStatus();
    at_ += trims ? 4 : 2;
    if (text_.substr(at_).starts_with("/*")) return Comment(open);
    tokens_.push_back({TokenKind::kOpen, std::string(kOpen), open});
    return Action(open);
  }

  // {{/* … */}}: nothing else may be in its action.
  Status Comment(size_t open) {
    const size_t end = text_.find(kCommentEnd, at_);
    if (end == std::string_view::npos) return Error(open, "unclosed comment");
    at_ = end + kCommentEnd.size();
    if (!TakeClose()) return Error(open, "comment ends before closing delimiter");
    return OkStatus();
  }

  // True when "}}" or " -}}" is here, and has been taken.
  bool TakeClose() {
    const std::string_view rest = text_.substr(at_);
    if (rest.size() >= 4 && IsSpace(rest[0]) && rest.substr(1).starts_with("-}}")) {
      at_ += 4;
      trim_next_ = true;
      return true;
    }
    if (!rest.starts_with(kClose)) return false;
    at_ += 2;
    return true;
  }

  Status Action(size_t open) {
    while (true) {
      const size_t start = at_;
      if (TakeClose()) {
        tokens_.push_back({TokenKind::kClose, std::string(kClose), start});
        return OkStatus();
      }
      if (at_ >= text_.size()) return Error(open, "unclosed action");
      RETURN_IF_ERROR(OneToken());
    }
  }

  Status OneToken() {
    const size_t start = at_;
    const char c = text_[at_];
    if (IsSpace(c)) {
      // The space before a trimming end belongs to that end.
      while (at_ < text_.size() && IsSpace(text_[at_]) && !text_.substr(at_ + 1).starts_with("-}}")) ++at_;
      if (at_ > start) Push(TokenKind::kSpace, start);
      return OkStatus();
    }
    if (c == '"' || c == '\'' || c == '`') return Quoted(c);
    if (c == '.' && !(at_ + 1 < text_.size() && IsDigit(text_[at_ + 1]))) return FieldOrDot();
    if (c == '$') {
      ++at_;
      TakeWordBytes();
      Push(TokenKind::kVariable, start);
      return OkStatus();
    }
    if (IsDigit(c) || ((c == '+' || c == '-' || c == '.') && at_ + 1 < text_.size())) return Number();
    if (IsWordByte(c)) {
      TakeWordBytes();
      Push(TokenKind::kWord, start);
      return OkStatus();
    }
    return Punctuation(c);
  }

  Status Punctuation(char c) {
    const size_t start = at_;
    if (text_.substr(at_).starts_with(":=")) {
      at_ += 2;
      Push(TokenKind::kDeclare, start);
      return OkStatus();
    }
    TokenKind kind = TokenKind::kEnd;
    switch (c) {
      case '=': kind = TokenKind::kAssign; break;
      case '|': kind = TokenKind::kPipe; break;
      case ',': kind = TokenKind::kComma; break;
      case '(': kind = TokenKind::kLeftParen; break;
      case ')': kind = TokenKind::kRightParen; break;
      default: return Error(start, StrCat("unexpected ", GoQuote(std::string_view(&c, 1)), " in action"));
    }
    ++at_;
    Push(kind, start);
    return OkStatus();
  }

  Status FieldOrDot() {
    const size_t start = at_++;
    TakeWordBytes();
    if (at_ == start + 1) {
      Push(TokenKind::kDot, start);
    } else {
      tokens_.push_back({TokenKind::kField, std::string(text_.substr(start + 1, at_ - start - 1)), start});
    }
    return OkStatus();
  }

  Status Quoted(char quote) {
    const size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (quote != '`' && text_[at_] == '\\') ++at_;
      if (quote != '`' && at_ < text_.size() && text_[at_] == '\n') break;
      ++at_;
    }
    if (at_ >= text_.size() || text_[at_] != quote) {
      return Error(start, quote == '`' ? "unterminated raw quoted string" : quote == '"' ? "unterminated quoted string" : "unterminated character constant");
    }
    ++at_;
    Push(quote == '\'' ? TokenKind::kCharacter : TokenKind::kString, start);
    return OkStatus();
  }

  // Sign, digits, point, exponent; whether it is a number at all is the parser's business.
  Status Number() {
    const size_t start = at_;
    if (text_[at_] == '+' || text_[at_] == '-') ++at_;
    const bool is_hex = text_.substr(at_).starts_with("0x") || text_.substr(at_).starts_with("0X");
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const char before = text_[at_ - (at_ > start ? 1 : 0)];
      const bool exponent_sign = (c == '+' || c == '-') && (is_hex ? (before == 'p' || before == 'P') : (before == 'e' || before == 'E'));
      if (!IsWordByte(c) && c != '.' && !exponent_sign) break;
      ++at_;
    }
    Push(TokenKind::kNumber, start);
    return OkStatus();
  }

  void TakeWordBytes() {
    while (at_ < text_.size() && IsWordByte(text_[at_])) ++at_;
  }
  void Push(TokenKind kind, size_t start) { tokens_.push_back({kind, std::string(text_.substr(start, at_ - start)), start}); }
  Status Error(size_t offset, std::string_view message) const {
    return InvalidArgumentError(StrCat(LineOf(text_, offset), ": ", message));
  }

  const std::string_view text_;
  size_t at_ = 0;
  bool trim_next_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> Tokenize(std::string_view text) { return Lexer(text).Run(); }

int LineOf(std::string_view text, size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(std::min(offset, text.size())), '\n'));
}

}  // namespace epi::gotemplate
