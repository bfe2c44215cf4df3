#include "common/gotemplate/printf.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "common/base/go_float.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"

namespace epi::gotemplate {
namespace {

// Longer fields are nobody's intention.
constexpr int kWidthMax = 10'000;
constexpr int kPrecisionMax = 500;

struct Spec {
  bool minus = false;
  bool plus = false;
  bool sharp = false;
  bool zero = false;
  bool space = false;
  std::optional<int> width;
  std::optional<int> precision;
  char verb = 0;
};

size_t RuneCount(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(DecodeRune(text).size);
  return count;
}

std::string_view FirstRunes(std::string_view text, size_t count) {
  size_t bytes = 0;
  for (; count > 0 && bytes < text.size(); --count) bytes += DecodeRune(text.substr(bytes)).size;
  return text.substr(0, bytes);
}

std::string Pad(std::string text, const Spec& spec, bool zeros) {
  const size_t width = static_cast<size_t>(spec.width.value_or(0));
  const size_t runes = RuneCount(text);
  if (runes >= width) return text;
  const size_t missing = width - runes;
  if (spec.minus) return text.append(missing, ' ');
  if (!zeros) return text.insert(0, missing, ' ');
  // Zeros go between sign and digits.
  const size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == ' ') ? 1 : 0;
  return text.insert(sign, missing, '0');
}

std::string WithSign(std::string digits, const Spec& spec) {
  if (digits.starts_with('-') || digits.starts_with('+')) return digits;
  return spec.plus ? "+" + digits : spec.space ? " " + digits : digits;
}

std::string BadVerb(const Spec& spec, const Value& value) {
  if (value.is_nil()) return StrCat("%!", spec.verb, "(<nil>)");
  return StrCat("%!", spec.verb, "(", value.TypeName(), "=", value.ToString(), ")");
}

std::string FloatText(double value, const Spec& spec) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const char verb = spec.verb == 'v' ? 'g' : spec.verb == 'F' ? 'f' : spec.verb;
  if (verb == 'g' && !spec.precision.has_value()) return FormatFloatG(value);
  const char format[] = {'%', '.', '*', verb, 0};
  char buffer[1024];
  const int size = std::snprintf(buffer, sizeof(buffer), format, spec.precision.value_or(6), value);
  return {buffer, static_cast<size_t>(size)};
}

std::string FormatFloat(double value, const Spec& spec) {
  if (std::string_view("vgGeEfF").find(spec.verb) == std::string_view::npos) return BadVerb(spec, Value(value));
  std::string text = FloatText(value, spec);
  if (std::isinf(value) && value > 0 && !spec.plus) text = spec.space ? " Inf" : "+Inf";
  return Pad(WithSign(std::move(text), spec), spec, spec.zero && std::isfinite(value));
}

std::string Digits(uint64_t magnitude, unsigned base, bool upper) {
  const std::string_view alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string digits;
  do {
    digits.insert(digits.begin(), alphabet[magnitude % base]);
    magnitude /= base;
  } while (magnitude > 0);
  return digits;
}

std::string IntText(int64_t value, const Spec& spec) {
  const uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const bool hex = spec.verb == 'x' || spec.verb == 'X';
  const unsigned base = hex ? 16 : spec.verb == 'o' ? 8 : spec.verb == 'b' ? 2 : 10;
  std::string digits = Digits(magnitude, base, spec.verb == 'X');
  const size_t least = static_cast<size_t>(spec.precision.value_or(0));
  if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  if (spec.sharp && base != 10) digits.insert(0, hex ? (spec.verb == 'X' ? "0X" : "0x") : base == 8 ? "0" : "0b");
  return WithSign(value < 0 ? "-" + digits : digits, spec);
}

std::string FormatInt(int64_t value, const Spec& spec) {
  switch (spec.verb) {
    case 'v':
    case 'd':
    case 'x':
    case 'X':
    case 'o':
    case 'b': return Pad(IntText(value, spec), spec, spec.zero && !spec.precision.has_value());
    case 'c': {
      std::string rune;
      AppendRune(&rune, static_cast<char32_t>(value));
      return Pad(rune, spec, false);
    }
    case 'q': {
      std::string rune;
      AppendRune(&rune, static_cast<char32_t>(value));
      return Pad(StrCat("'", rune, "'"), spec, false);
    }
    case 'U': {
      std::string digits = Digits(static_cast<uint64_t>(value), 16, true);
      if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
      return Pad("U+" + digits, spec, false);
    }
    default: return BadVerb(spec, Value(value));
  }
}

std::string HexBytes(std::string_view text, bool upper) {
  std::string out;
  for (const char c : text) {
    const std::string digits = Digits(static_cast<uint8_t>(c), 16, upper);
    StrAppend(&out, digits.size() < 2 ? "0" : "", digits);
  }
  return out;
}

std::string FormatString(std::string_view value, const Spec& spec) {
  const std::string_view text = spec.precision.has_value() ? FirstRunes(value, static_cast<size_t>(*spec.precision)) : value;
  switch (spec.verb) {
    case 'v':
    case 's': return Pad(std::string(text), spec, spec.zero);
    case 'q': return Pad(spec.sharp ? StrCat("`", text, "`") : GoQuote(text), spec, spec.zero);
    case 'x':
    case 'X': return Pad(HexBytes(text, spec.verb == 'X'), spec, spec.zero);
    default: return BadVerb(spec, Value(std::string(value)));
  }
}

std::string Format(const Value& value, const Spec& spec) {
  if (spec.verb == 'T') return Pad(value.is_nil() ? "<nil>" : value.TypeName(), spec, false);
  switch (value.kind()) {
    case Value::Kind::kFloat: return FormatFloat(value.as_float(), spec);
    case Value::Kind::kInt: return FormatInt(value.as_int(), spec);
    case Value::Kind::kString: return FormatString(value.as_string(), spec);
    case Value::Kind::kBool:
      return spec.verb == 'v' || spec.verb == 't' ? Pad(value.ToString(), spec, false) : BadVerb(spec, value);
    case Value::Kind::kNil: return spec.verb == 'v' ? Pad("<nil>", spec, false) : BadVerb(spec, value);
    default: return spec.verb == 'v' || spec.verb == 's' ? Pad(value.ToString(), spec, false) : BadVerb(spec, value);
  }
}

class Printer {
 public:
  Printer(std::string_view format, std::span<const Value> args) : rest_(format), args_(args) {}

  std::string Run() {
    while (!rest_.empty()) {
      const size_t percent = std::min(rest_.find('%'), rest_.size());
      out_.append(rest_.substr(0, percent));
      rest_.remove_prefix(percent);
      if (!rest_.empty()) Verb();
    }
    if (next_ < args_.size()) AppendExtra();
    return std::move(out_);
  }

 private:
  void Verb() {
    rest_.remove_prefix(1);
    Spec spec;
    while (!rest_.empty() && TakeFlag(&spec)) {
    }
    spec.width = TakeNumber(kWidthMax);
    if (spec.width.has_value() && *spec.width < 0) {
      spec.minus = true;
      spec.width = -*spec.width;
    }
    if (rest_.starts_with('.')) {
      rest_.remove_prefix(1);
      spec.precision = std::max(0, TakeNumber(kPrecisionMax).value_or(0));
    }
    if (rest_.empty()) {
      out_.append("%!(NOVERB)");
      return;
    }
    spec.verb = rest_.front();
    rest_.remove_prefix(1);
    if (spec.verb == '%') {
      out_.push_back('%');
    } else if (next_ >= args_.size()) {
      StrAppend(&out_, "%!", spec.verb, "(MISSING)");
    } else {
      out_.append(Format(args_[next_++], spec));
    }
  }

  bool TakeFlag(Spec* spec) {
    switch (rest_.front()) {
      case '-': spec->minus = true; break;
      case '+': spec->plus = true; break;
      case '#': spec->sharp = true; break;
      case '0': spec->zero = true; break;
      case ' ': spec->space = true; break;
      default: return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  // Digits, or * for an argument. Nothing when there is neither, or it is out of bounds.
  std::optional<int> TakeNumber(int limit) {
    if (rest_.starts_with('*')) {
      rest_.remove_prefix(1);
      if (next_ >= args_.size() || args_[next_].kind() != Value::Kind::kInt || std::abs(args_[next_].as_int()) > limit) {
        ++next_;
        return std::nullopt;
      }
      return static_cast<int>(args_[next_++].as_int());
    }
    int number = 0;
    bool given = false;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1)) {
      number = std::min(number * 10 + (rest_.front() - '0'), limit);
      given = true;
    }
    return given ? std::optional(number) : std::nullopt;
  }

  void AppendExtra() {
    out_.append("%!(EXTRA ");
    for (size_t i = next_; i < args_.size(); ++i) {
      if (i > next_) out_.append(", ");
      if (args_[i].is_nil()) {
        out_.append("<nil>");
      } else {
        StrAppend(&out_, args_[i].TypeName(), "=", args_[i].ToString());
      }
    }
    out_.push_back(')');
  }

  std::string_view rest_;
  const std::span<const Value> args_;
  size_t next_ = 0;
  std::string out_;
};

}  // namespace

std::string Sprintf(std::string_view format, std::span<const Value> args) { return Printer(format, args).Run(); }

}  // namespace epi::gotemplate
