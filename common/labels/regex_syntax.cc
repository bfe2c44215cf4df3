#include "common/labels/regex_syntax.h"

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"

namespace epi::labels {
namespace {

constexpr std::string_view kMeta = "\\.+*?()|[]{}^$";

// Walks a pattern by tokens: an escape (two bytes), a whole character class, a \Q…\E run, or one character.
class TokenWalk {
 public:
  explicit TokenWalk(std::string_view pattern) : rest_(pattern) {}

  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  std::string_view Next() {
    const size_t size = TokenSize();
    const std::string_view token = rest_.substr(0, size);
    rest_.remove_prefix(token.size());
    return token;
  }

 private:
  size_t TokenSize() const {
    if (rest_.starts_with("\\Q")) {
      const size_t end = rest_.find("\\E");
      return end == std::string_view::npos ? rest_.size() : end + 2;
    }
    if (rest_[0] == '\\') return 2;
    if (rest_[0] == '[') return ClassSize();
    return std::max<size_t>(1, DecodeRune(rest_).size);
  }

  size_t ClassSize() const {
    size_t position = rest_.starts_with("[^") ? 2 : 1;
    // A bracket that comes first is a member.
    if (position < rest_.size() && rest_[position] == ']') ++position;
    while (position < rest_.size() && rest_[position] != ']') {
      if (rest_[position] == '\\') {
        position += 2;
      } else if (rest_.substr(position).starts_with("[:")) {
        const size_t end = rest_.find(":]", position + 2);
        position = end == std::string_view::npos ? position + 1 : end + 2;
      } else {
        ++position;
      }
    }
    return position + 1;
  }

  std::string_view rest_;
};

// True for an alternation outside all groups, where no prefix is common to all matches.
bool HasTopLevelAlternation(std::string_view pattern) {
  int depth = 0;
  for (TokenWalk walk(pattern); !walk.done();) {
    const std::string_view token = walk.Next();
    if (token == "(") ++depth;
    if (token == ")") --depth;
    if (token == "|" && depth <= 0) return true;
  }
  return false;
}

}  // namespace

Result<std::string> TranslateGoSyntax(std::string_view pattern) {
  if (!IsValidUtf8(pattern)) return InvalidArgumentError("regular expression is not valid UTF-8");
  std::string out;
  out.reserve(pattern.size() + 8);
  for (TokenWalk walk(pattern); !walk.done();) {
    const std::string_view rest = walk.rest();
    const std::string_view token = walk.Next();
    if (token == "\\C") {
      return InvalidArgumentError(StrCat("invalid regular expression ", GoQuote(pattern), ": invalid escape sequence: \\C"));
    }
    out.append(token);
    // Not (?<=…) and (?<!…): those are look-behind, which neither Go nor RE2 has.
    if (token == "(" && rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!') {
      walk.Next();
      out.append("?P");
    }
  }
  return out;
}

std::string LiteralPrefix(std::string_view pattern) {
  if (HasTopLevelAlternation(pattern)) return {};
  std::string prefix;
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  for (TokenWalk walk(pattern); !walk.done();) {
    std::string_view token = walk.Next();
    const bool escaped = token.size() == 2 && token[0] == '\\' && kMeta.find(token[1]) != std::string_view::npos;
    if (escaped) token.remove_prefix(1);
    if (!escaped && kMeta.find(token[0]) != std::string_view::npos) break;
    // A character that may be repeated zero times is not part of the prefix.
    const std::string_view rest = walk.rest();
    if (!rest.empty() && std::string_view("*?{").find(rest[0]) != std::string_view::npos) break;
    prefix.append(token);
  }
  return prefix;
}

}  // namespace epi::labels
