#include "common/base/json_writer.h"

#include "common/base/check.h"
#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"

namespace epi {
namespace {

constexpr char32_t kLineSeparator = 0x2028;
constexpr char32_t kParagraphSeparator = 0x2029;

bool IsPlain(char c, HtmlEscape html) {
  const auto byte = static_cast<uint8_t>(c);
  if (byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\') return false;
  return html == HtmlEscape::kNo || (c != '<' && c != '>' && c != '&');
}

void AppendUnicodeEscape(std::string* out, char32_t rune) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out->append("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) out->push_back(kHex[(rune >> shift) & 0xF]);
}

void AppendEscapedAscii(std::string* out, char c) {
  switch (c) {
    case '"': out->append("\\\""); return;
    case '\\': out->append("\\\\"); return;
    case '\b': out->append("\\b"); return;
    case '\f': out->append("\\f"); return;
    case '\n': out->append("\\n"); return;
    case '\r': out->append("\\r"); return;
    case '\t': out->append("\\t"); return;
    default: AppendUnicodeEscape(out, static_cast<uint8_t>(c)); return;
  }
}

}  // namespace

void AppendJsonString(std::string* out, std::string_view text, HtmlEscape html) {
  out->push_back('"');
  while (true) {
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain], html)) ++plain;
    out->append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const DecodedRune decoded = DecodeRune(text);
    if (decoded.valid && decoded.rune < 0x80) {
      AppendEscapedAscii(out, text[0]);
    } else if (!decoded.valid || decoded.rune == kLineSeparator || decoded.rune == kParagraphSeparator) {
      AppendUnicodeEscape(out, decoded.rune);
    } else {
      out->append(text.substr(0, decoded.size));
    }
    text.remove_prefix(decoded.size);
  }
  out->push_back('"');
}

std::string JsonQuote(std::string_view text, HtmlEscape html) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendJsonString(&out, text, html);
  return out;
}

void JsonWriter::NewLine() {
  if (options_.indent.empty()) return;
  out_->push_back('\n');
  for (size_t i = 0; i < has_member_.size(); ++i) out_->append(options_.indent);
}

void JsonWriter::Separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_member_.empty()) return;
  if (has_member_.back()) out_->push_back(',');
  has_member_.back() = true;
  NewLine();
}

JsonWriter& JsonWriter::Begin(char bracket) {
  Separate();
  out_->push_back(bracket);
  has_member_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::End(char bracket) {
  DCHECK(!has_member_.empty() && !after_key_);
  const bool had_member = has_member_.back();
  has_member_.pop_back();
  if (had_member) NewLine();
  out_->push_back(bracket);
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  DCHECK(!has_member_.empty() && !after_key_);
  Separate();
  AppendJsonString(out_, key, options_.html);
  out_->append(options_.indent.empty() ? ":" : ": ");
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  Separate();
  AppendJsonString(out_, text, options_.html);
  return *this;
}

JsonWriter& JsonWriter::Int(int64_t value) {
  Separate();
  StrAppend(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Uint(uint64_t value) {
  Separate();
  StrAppend(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  Separate();
  AppendJsonFloat(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Raw(std::string_view json) {
  Separate();
  out_->append(json);
  return *this;
}

}  // namespace epi
