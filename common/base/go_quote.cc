#include "common/base/go_quote.h"

#include "common/base/utf8.h"

namespace epi {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void AppendHex(std::string* out, char32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out->push_back(kHexDigits[(value >> shift) & 0xF]);
}

// The letter of a one-character escape, or 0.
char EscapeLetter(char32_t rune) {
  switch (rune) {
    case '\a': return 'a';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\v': return 'v';
    case '\\': return '\\';
    case '"': return '"';
    default: return 0;
  }
}

void AppendQuotedRune(std::string* out, const DecodedRune& decoded, std::string_view bytes) {
  if (!decoded.valid) {
    out->append("\\x");
    AppendHex(out, static_cast<uint8_t>(bytes[0]), 2);
  } else if (const char letter = EscapeLetter(decoded.rune); letter != 0) {
    out->push_back('\\');
    out->push_back(letter);
  } else if (IsPrintRune(decoded.rune)) {
    out->append(bytes.substr(0, decoded.size));
  } else if (decoded.rune < ' ' || decoded.rune == 0x7F) {
    out->append("\\x");
    AppendHex(out, decoded.rune, 2);
  } else if (decoded.rune < 0x10000) {
    out->append("\\u");
    AppendHex(out, decoded.rune, 4);
  } else {
    out->append("\\U");
    AppendHex(out, decoded.rune, 8);
  }
}

bool IsPlain(char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads the escapes of one quoted literal's inside.
class Unquoter {
 public:
  Unquoter(std::string_view body, char quote) : rest_(body), quote_(quote) {}

  bool Run(std::string* out) {
    while (!rest_.empty()) {
      const char c = rest_[0];
      if (c == quote_ || c == '\n') return false;
      rest_.remove_prefix(1);
      if (c != '\\') {
        out->push_back(c);
      } else if (!Escape(out)) {
        return false;
      }
    }
    return true;
  }

 private:
  bool Escape(std::string* out) {
    if (rest_.empty()) return false;
    const char c = rest_[0];
    if (c >= '0' && c <= '7') return Octal(out);
    rest_.remove_prefix(1);
    switch (c) {
      case 'a': out->push_back('\a'); return true;
      case 'b': out->push_back('\b'); return true;
      case 'f': out->push_back('\f'); return true;
      case 'n': out->push_back('\n'); return true;
      case 'r': out->push_back('\r'); return true;
      case 't': out->push_back('\t'); return true;
      case 'v': out->push_back('\v'); return true;
      case '\\': out->push_back('\\'); return true;
      case '\'':
      case '"': out->push_back(c); return c == quote_;
      case 'x': return Hex(2, out);
      case 'u': return Hex(4, out);
      case 'U': return Hex(8, out);
      default: return false;
    }
  }

  // Three octal digits, one byte.
  bool Octal(std::string* out) {
    if (rest_.size() < 3) return false;
    int value = 0;
    for (size_t i = 0; i < 3; ++i) {
      if (rest_[i] < '0' || rest_[i] > '7') return false;
      value = value * 8 + (rest_[i] - '0');
    }
    if (value > 0xFF) return false;
    rest_.remove_prefix(3);
    out->push_back(static_cast<char>(value));
    return true;
  }

  // \xNN is a byte, \uNNNN and \UNNNNNNNN are runes.
  bool Hex(size_t digits, std::string* out) {
    if (rest_.size() < digits) return false;
    uint32_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      const int digit = HexValue(rest_[i]);
      if (digit < 0) return false;
      value = (value << 4) | static_cast<uint32_t>(digit);
    }
    rest_.remove_prefix(digits);
    if (digits == 2) {
      out->push_back(static_cast<char>(value));
      return true;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
    AppendRune(out, value);
    return true;
  }

  std::string_view rest_;
  const char quote_;
};

}  // namespace

void AppendGoQuoted(std::string* out, std::string_view text) {
  out->push_back('"');
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    out->append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const DecodedRune decoded = DecodeRune(text);
    AppendQuotedRune(out, decoded, text);
    text.remove_prefix(decoded.size);
  }
  out->push_back('"');
}

std::string GoQuote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendGoQuoted(&out, text);
  return out;
}

Result<std::string> GoUnquote(std::string_view literal) {
  const Status bad = InvalidArgumentError("invalid syntax");
  if (literal.size() < 2 || literal.front() != literal.back()) return bad;
  const char quote = literal.front();
  const std::string_view body = literal.substr(1, literal.size() - 2);
  std::string out;
  out.reserve(body.size());
  if (quote == '`') {
    if (body.find('`') != std::string_view::npos) return bad;
    out.append(body);
    return out;
  }
  if (quote != '"' && quote != '\'') return bad;
  if (!Unquoter(body, quote).Run(&out)) return bad;
  return out;
}

}  // namespace epi
