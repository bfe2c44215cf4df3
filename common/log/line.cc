#include "common/log/line.h"

#include <algorithm>

#include "common/base/go_float.h"
#include "common/base/json_writer.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"

namespace epi::log {
namespace {

// Longest text of one field: one huge value must not push the others out of the line.
constexpr size_t kFieldBytesMax = kLineBytesMax / 4;
constexpr std::string_view kCutMark = "...(cut)";

bool NeedsQuotes(std::string_view text) {
  const bool special =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) <= ' ' || c == '=' || c == '"' || c == 0x7F; });
  return special || !IsValidUtf8(text);
}

}  // namespace

void LineWriter::Begin() {
  if (format_ == Format::kJson) out_->push_back('{');
}

void LineWriter::Separate() {
  if (out_->empty() || (format_ == Format::kJson && *out_ == "{")) return;
  out_->push_back(format_ == Format::kJson ? ',' : ' ');
}

void LineWriter::AddRendered(std::string_view fields) {
  if (fields.empty()) return;
  Separate();
  out_->append(fields);
}

void LineWriter::Add(const Field& field) {
  Separate();
  if (format_ == Format::kJson) {
    AppendJsonString(out_, field.key);
    out_->push_back(':');
  } else {
    StrAppend(out_, field.key, "=");
  }
  AddValue(field.value);
}

void LineWriter::AddValue(const FieldValue& value) {
  if (const auto* number = std::get_if<double>(&value.value()); number != nullptr) {
    // JSON has no infinities: those and NaN are strings.
    const std::string text = FormatFloatG(*number);
    StrAppend(out_, format_ == Format::kJson && text.find_first_of("NI") != std::string::npos ? JsonQuote(text) : text);
  } else if (const auto* text = std::get_if<std::string_view>(&value.value()); text != nullptr) {
    const bool cut = text->size() > kFieldBytesMax;
    const std::string shortened = cut ? StrCat(text->substr(0, kFieldBytesMax), kCutMark) : std::string();
    const std::string_view shown = cut ? std::string_view(shortened) : *text;
    if (format_ == Format::kJson || NeedsQuotes(shown)) {
      AppendJsonString(out_, shown);
    } else {
      out_->append(shown);
    }
  } else {
    std::visit([this](const auto& plain) { StrAppend(out_, plain); }, value.value());
  }
}

void LineWriter::End() {
  if (format_ == Format::kJson) {
    // Cutting would break the syntax; fields are bounded one by one.
    out_->append("}\n");
    return;
  }
  if (out_->size() > kLineBytesMax) {
    out_->resize(kLineBytesMax);
    out_->append(kCutMark);
  }
  out_->push_back('\n');
}

}  // namespace epi::log
