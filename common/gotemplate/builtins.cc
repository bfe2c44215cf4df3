#include <algorithm>
#include <optional>

#include "common/base/str_cat.h"
#include "common/gotemplate/functions.h"
#include "common/gotemplate/printf.h"

namespace epi::gotemplate {
namespace {

using Args = std::span<const Value>;
using Kind = Value::Kind;

Result<Value> Fail(std::string message) { return FailedPreconditionError(std::move(message)); }

// Go's Sprint: a space between two values neither of which is a string.
std::string Sprint(Args args) {
  std::string out;
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0 && args[i].kind() != Kind::kString && args[i - 1].kind() != Kind::kString) out.push_back(' ');
    out.append(args[i].ToString());
  }
  return out;
}

std::string Sprintln(Args args) {
  std::string out;
  for (size_t i = 0; i < args.size(); ++i) StrAppend(&out, i > 0 ? " " : "", args[i].ToString());
  return out + "\n";
}

Result<Value> Printf(Args args) {
  if (args[0].kind() != Kind::kString) return Fail(StrCat("wrong type for value; expected string; got ", args[0].TypeName()));
  return Value(Sprintf(args[0].as_string(), args.subspan(1)));
}

template <typename Escape>
std::string Escaped(Args args, Escape escape) {
  std::string out;
  for (const char c : Sprint(args)) escape(&out, c);
  return out;
}

void EscapeHtml(std::string* out, char c) {
  switch (c) {
    case '\0': out->append("\xEF\xBF\xBD"); break;
    case '"': out->append("&#34;"); break;
    case '\'': out->append("&#39;"); break;
    case '&': out->append("&amp;"); break;
    case '<': out->append("&lt;"); break;
    case '>': out->append("&gt;"); break;
    default: out->push_back(c);
  }
}

void AppendHex(std::string* out, std::string_view prefix, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<uint8_t>(c);
  StrAppend(out, prefix, kDigits[byte >> 4], kDigits[byte & 15]);
}

void EscapeJs(std::string* out, char c) {
  switch (c) {
    case '\\': out->append("\\\\"); break;
    case '\'': out->append("\\'"); break;
    case '"': out->append("\\\""); break;
    case '<':
    case '>':
    case '&':
    case '=': AppendHex(out, "\\u00", c); break;
    default:
      if (static_cast<uint8_t>(c) < 0x20) {
        AppendHex(out, "\\u00", c);
      } else {
        out->push_back(c);
      }
  }
}

void EscapeUrl(std::string* out, char c) {
  const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
  if (plain) {
    out->push_back(c);
  } else if (c == ' ') {
    out->push_back('+');
  } else {
    AppendHex(out, "%", c);
  }
}

Result<Value> Len(Args args) {
  switch (args[0].kind()) {
    case Kind::kString: return Value(static_cast<int64_t>(args[0].as_string().size()));
    case Kind::kList: return Value(static_cast<int64_t>(args[0].as_list().size()));
    case Kind::kMap: return Value(static_cast<int64_t>(args[0].as_map().entries.size()));
    case Kind::kNil: return Fail("len of nil pointer");
    default: return Fail(StrCat("len of type ", args[0].TypeName()));
  }
}

Result<size_t> Position(const Value& index, size_t size) {
  if (index.kind() != Kind::kInt) return FailedPreconditionError(StrCat("cannot index slice/array with type ", index.TypeName()));
  if (index.as_int() < 0 || static_cast<uint64_t>(index.as_int()) >= size) {
    return FailedPreconditionError(StrCat("index out of range: ", index.as_int()));
  }
  return static_cast<size_t>(index.as_int());
}

Result<Value> Index(Args args) {
  Value item = args[0];
  for (const Value& index : args.subspan(1)) {
    if (item.kind() == Kind::kList) {
      item = item.as_list()[TRY(Position(index, item.as_list().size()))];
    } else if (item.kind() == Kind::kString) {
      item = Value(static_cast<int64_t>(static_cast<uint8_t>(item.as_string()[TRY(Position(index, item.as_string().size()))])));
    } else if (item.kind() == Kind::kMap) {
      if (index.kind() != Kind::kString) return Fail(StrCat("value has type ", index.TypeName(), "; should be string"));
      item = TRY(item.Field(index.as_string()));
    } else {
      return Fail(item.is_nil() ? "index of untyped nil" : StrCat("can't index item of type ", item.TypeName()));
    }
  }
  return item;
}

Result<Value> Slice(Args args) {
  const bool is_string = args[0].kind() == Kind::kString;
  if (!is_string && args[0].kind() != Kind::kList) return Fail(StrCat("can't slice item of type ", args[0].TypeName()));
  const size_t size = is_string ? args[0].as_string().size() : args[0].as_list().size();
  const size_t from = args.size() > 1 ? TRY(Position(args[1], size + 1)) : 0;
  const size_t to = args.size() > 2 ? TRY(Position(args[2], size + 1)) : size;
  if (from > to) return Fail(StrCat("invalid slice index: ", from, " > ", to));
  if (is_string) return Value(args[0].as_string().substr(from, to - from));
  const List& list = args[0].as_list();
  return Value(List(list.begin() + static_cast<ptrdiff_t>(from), list.begin() + static_cast<ptrdiff_t>(to)));
}

Result<Value> CannotCompare(const Value& a, const Value& b) {
  if (a.kind() == b.kind()) return Fail("invalid type for comparison");
  return Fail(StrCat("incompatible types for comparison: ", a.TypeName(), " and ", b.TypeName()));
}

// Like kinds only, as in Go. Nothing: they cannot be compared.
std::optional<bool> Equal(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return a.is_nil() || b.is_nil() ? std::optional(false) : std::nullopt;
  switch (a.kind()) {
    case Kind::kNil: return true;
    case Kind::kBool: return a.as_bool() == b.as_bool();
    case Kind::kInt: return a.as_int() == b.as_int();
    case Kind::kFloat: return a.as_float() == b.as_float();
    case Kind::kString: return a.as_string() == b.as_string();
    default: return std::nullopt;
  }
}

std::optional<bool> Less(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::kInt: return a.as_int() < b.as_int();
    case Kind::kFloat: return a.as_float() < b.as_float();
    case Kind::kString: return a.as_string() < b.as_string();
    default: return std::nullopt;
  }
}

using Compare = std::optional<bool> (*)(const Value& a, const Value& b);

// `expected` is what the comparison must say for the answer to be true.
Result<Value> Compared(Args args, Compare compare, bool expected) {
  const auto answer = compare(args[0], args[1]);
  return answer.has_value() ? Result<Value>(Value(*answer == expected)) : CannotCompare(args[0], args[1]);
}

// True when the first equals any other.
Result<Value> Eq(Args args) {
  for (const Value& other : args.subspan(1)) {
    const auto equal = Equal(args[0], other);
    if (!equal.has_value()) return CannotCompare(args[0], other);
    if (*equal) return Value(true);
  }
  return Value(false);
}

Result<Value> Le(Args args) {
  const Value less = TRY(Compared(args, Less, true));
  return less.as_bool() ? Result<Value>(less) : Compared(args, Equal, true);
}

Result<Value> Gt(Args args) {
  const Value at_most = TRY(Le(args));
  return Value(!at_most.as_bool());
}

Functions MakeBuiltins() {
  constexpr size_t kAny = Function::kAnyNumber;
  return {{"print", {0, kAny, [](Args args) { return Value(Sprint(args)); }}},
          {"println", {0, kAny, [](Args args) { return Value(Sprintln(args)); }}},
          {"printf", {1, kAny, Printf}},
          {"html", {0, kAny, [](Args args) { return Value(Escaped(args, EscapeHtml)); }}},
          {"js", {0, kAny, [](Args args) { return Value(Escaped(args, EscapeJs)); }}},
          {"urlquery", {0, kAny, [](Args args) { return Value(Escaped(args, EscapeUrl)); }}},
          {"len", {1, 1, Len}},
          {"index", {1, kAny, Index}},
          {"slice", {1, 3, Slice}},
          {"not", {1, 1, [](Args args) { return Value(!args[0].Truth()); }}},
          {"eq", {2, kAny, Eq}},
          {"ne", {2, 2, [](Args args) { return Compared(args, Equal, false); }}},
          {"lt", {2, 2, [](Args args) { return Compared(args, Less, true); }}},
          {"le", {2, 2, Le}},
          {"gt", {2, 2, Gt}},
          {"ge", {2, 2, [](Args args) { return Compared(args, Less, false); }}}};
}

}  // namespace

const Functions& Builtins() {
  static const Functions& builtins = *new Functions(MakeBuiltins());
  return builtins;
}

}  // namespace epi::gotemplate
