#include "common/labels/regex_shape_parser.h"

#include <iterator>
#include <utility>

#include "common/base/utf8.h"

namespace epi::labels::internal {
namespace {

using Glob = RegexShape::Glob;
using Globs = std::vector<Glob>;

constexpr int kDepthMax = 32;

bool IsPunctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

void AppendLiteral(Glob* glob, std::string_view text) {
  (glob->parts.empty() ? glob->head : glob->parts.back().literal).append(text);
}

// Appends "at least `bytes_min` bytes of anything". False for .+.+, whose minimum is in characters.
bool AppendGap(Glob* glob, size_t bytes_min) {
  if (glob->parts.empty() || !glob->parts.back().literal.empty()) {
    glob->parts.push_back({bytes_min, std::string()});
    return true;
  }
  size_t& gap = glob->parts.back().gap_bytes_min;
  if (gap + bytes_min > 1) return false;
  gap += bytes_min;
  return true;
}

bool AppendGlob(Glob* glob, const Glob& tail) {
  AppendLiteral(glob, tail.head);
  for (const Glob::Part& part : tail.parts) {
    if (!AppendGap(glob, part.gap_bytes_min)) return false;
    AppendLiteral(glob, part.literal);
  }
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view pattern) : rest_(pattern) {}

  std::optional<Globs> Run() {
    std::optional<Globs> globs = Alternatives(0);
    if (!rest_.empty()) return std::nullopt;
    return globs;
  }

 private:
  bool Take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::optional<Globs> Alternatives(int depth) {
    Globs all;
    do {
      std::optional<Globs> sequence = Sequence(depth);
      if (!sequence.has_value()) return std::nullopt;
      if (depth > 0 && all.size() + sequence->size() > RegexShape::kProductMax) return std::nullopt;
      std::move(sequence->begin(), sequence->end(), std::back_inserter(all));
    } while (Take("|"));
    return all;
  }

  std::optional<Globs> Sequence(int depth) {
    Globs globs(1);
    if (depth == 0) Take("^");
    while (!rest_.empty() && rest_[0] != '|' && rest_[0] != ')') {
      if (depth == 0 && (rest_ == "$" || rest_.starts_with("$|"))) {
        rest_.remove_prefix(1);
        break;
      }
      if (!Atom(depth, &globs)) return std::nullopt;
    }
    return globs;
  }

  // Appends the next atom to every glob.
  bool Atom(int depth, Globs* globs) {
    const char c = rest_[0];
    if (c == '.') return Wildcard(globs);
    if (c == '(') return Group(depth, globs);
    if (c == '[') return Class(globs);
    std::string literal;
    do {
      if (!Literal(&literal) || Repeats()) return false;
    } while (!rest_.empty() && std::string_view("|().[^$*+?{").find(rest_[0]) == std::string_view::npos);
    for (Glob& glob : *globs) AppendLiteral(&glob, literal);
    return true;
  }

  // True when a repetition follows, which only a dot may have here.
  bool Repeats() const { return !rest_.empty() && std::string_view("*+?{").find(rest_[0]) != std::string_view::npos; }

  bool Literal(std::string* out) {
    const char c = rest_[0];
    if (c == '\\') {
      if (rest_.size() < 2 || !IsPunctuation(rest_[1])) return false;
      out->push_back(rest_[1]);
      rest_.remove_prefix(2);
      return true;
    }
    if (std::string_view("^$*+?{").find(c) != std::string_view::npos) return false;
    const DecodedRune decoded = DecodeRune(rest_);
    if (!decoded.valid) return false;
    out->append(rest_.substr(0, decoded.size));
    rest_.remove_prefix(decoded.size);
    return true;
  }

  bool Wildcard(Globs* globs) {
    size_t bytes_min = 0;
    if (Take(".+")) {
      bytes_min = 1;
    } else if (!Take(".*")) {
      return false;
    }
    // Lazy or greedy makes no difference to a match of the whole.
    Take("?");
    if (Repeats()) return false;
    for (Glob& glob : *globs) {
      if (!AppendGap(&glob, bytes_min)) return false;
    }
    return true;
  }

  bool Group(int depth, Globs* globs) {
    if (depth == kDepthMax || !Take("(")) return false;
    if (!Take("?:") && rest_.starts_with("?")) return false;
    const std::optional<Globs> inner = Alternatives(depth + 1);
    return inner.has_value() && Take(")") && !Repeats() && Multiply(*inner, globs);
  }

  bool Class(Globs* globs) {
    rest_.remove_prefix(1);
    Globs members;
    while (!rest_.empty() && rest_[0] != ']') {
      char first = 0;
      if (!ClassCharacter(&first)) return false;
      char last = first;
      if (rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
        rest_.remove_prefix(1);
        if (!ClassCharacter(&last) || last < first) return false;
      }
      for (int c = first; c <= last; ++c) members.push_back({std::string(1, static_cast<char>(c)), {}});
      if (members.size() > RegexShape::kProductMax) return false;
    }
    return !members.empty() && Take("]") && !Repeats() && Multiply(members, globs);
  }

  // One ASCII character; not '-' (whose place decides), not '^', not '[' (maybe a POSIX class).
  bool ClassCharacter(char* out) {
    if (rest_.empty()) return false;
    const bool escaped = rest_[0] == '\\';
    if (escaped) rest_.remove_prefix(1);
    if (rest_.empty()) return false;
    const char c = rest_[0];
    if (static_cast<uint8_t>(c) >= 0x80) return false;
    if (escaped ? !IsPunctuation(c) : std::string_view("-^[]").find(c) != std::string_view::npos) return false;
    *out = c;
    rest_.remove_prefix(1);
    return true;
  }

  // globs = globs × tails.
  static bool Multiply(const Globs& tails, Globs* globs) {
    if (globs->size() * tails.size() > RegexShape::kProductMax) return false;
    Globs product;
    product.reserve(globs->size() * tails.size());
    for (const Glob& head : *globs) {
      for (const Glob& tail : tails) {
        product.push_back(head);
        if (!AppendGlob(&product.back(), tail)) return false;
      }
    }
    *globs = std::move(product);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::vector<RegexShape::Glob>> ParseRegexShape(std::string_view pattern) { return Parser(pattern).Run(); }

}  // namespace epi::labels::internal
