#include "common/http/form.h"

#include <algorithm>

#include "common/base/str_cat.h"
#include "common/http/header_text.h"
#include "common/http/limits.h"

namespace epi::http {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
         c == '~';
}

}  // namespace

Result<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded.push_back(' ');
    } else if (text[i] == '%') {
      const int high = i + 1 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return InvalidArgumentError(StrCat("invalid URL escape \"", text.substr(i, 3), "\""));
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

Result<Form> Form::Parse(std::string_view encoded) {
  Form form;
  RETURN_IF_ERROR(form.Append(encoded));
  return form;
}

Result<Form> Form::ParseRequest(std::string_view query, std::string_view content_type, std::string_view body) {
  Form form;
  const std::string_view type = TrimSpace(content_type.substr(0, content_type.find(';')));
  if (EqualsIgnoreCase(type, "application/x-www-form-urlencoded")) RETURN_IF_ERROR(form.Append(body));
  RETURN_IF_ERROR(form.Append(query));
  return form;
}

Status Form::Append(std::string_view encoded) {
  while (!encoded.empty()) {
    const size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view piece = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    if (piece.empty()) continue;
    if (piece.find(';') != std::string_view::npos) return InvalidArgumentError("invalid semicolon separator in query");
    if (fields_.size() == kFormFieldsMax) return InvalidArgumentError(StrCat("more than ", kFormFieldsMax, " parameters"));
    const size_t equals = std::min(piece.find('='), piece.size());
    std::string key = TRY(PercentDecode(piece.substr(0, equals), true));
    std::string value = TRY(PercentDecode(piece.substr(std::min(equals + 1, piece.size())), true));
    fields_.emplace_back(std::move(key), std::move(value));
  }
  return OkStatus();
}

std::string_view Form::Get(std::string_view key) const {
  for (const auto& [name, value] : fields_) {
    if (name == key) return value;
  }
  return {};
}

bool Form::Has(std::string_view key) const {
  return std::any_of(fields_.begin(), fields_.end(), [key](const auto& field) { return field.first == key; });
}

std::vector<std::string> Form::All(std::string_view key) const {
  std::vector<std::string> values;
  for (const auto& [name, value] : fields_) {
    if (name == key) values.push_back(value);
  }
  return values;
}

std::string Form::Encode() const {
  std::string encoded;
  for (const auto& [name, value] : fields_) {
    StrAppend(&encoded, encoded.empty() ? "" : "&", PercentEncode(name), "=", PercentEncode(value));
  }
  return encoded;
}

}  // namespace epi::http
