#include "common/promqltest/text_scanner.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"

namespace epi::promqltest {
namespace {

constexpr size_t kQuotedBytesMax = 40;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool TextScanner::TakeIf(std::string_view prefix) {
  if (!rest_.starts_with(prefix)) return false;
  rest_.remove_prefix(prefix.size());
  return true;
}

bool TextScanner::SkipSpace() {
  const size_t size = std::min(rest_.find_first_not_of(" \t"), rest_.size());
  rest_.remove_prefix(size);
  return size > 0;
}

std::string_view TextScanner::TakeField() {
  const std::string_view field = rest_.substr(0, rest_.find_first_of(" \t"));
  rest_.remove_prefix(field.size());
  return field;
}

std::string_view TextScanner::TakeWord() {
  size_t size = 0;
  while (size < rest_.size() && IsLetter(rest_[size])) ++size;
  const std::string_view word = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return word;
}

size_t TextScanner::NumberSize() const {
  size_t size = 0;
  const auto digits = [this, &size] {
    while (size < rest_.size() && (IsDigit(rest_[size]) || rest_[size] == '.')) ++size;
  };
  digits();
  if (size == 0 || size >= rest_.size() || (rest_[size] != 'e' && rest_[size] != 'E')) return size;
  ++size;
  if (size < rest_.size() && (rest_[size] == '+' || rest_[size] == '-')) ++size;
  digits();
  return size;
}

Result<double> TextScanner::TakeNumber() {
  const bool negative = Peek() == '-';
  if (negative || Peek() == '+') rest_.remove_prefix(1);
  double value = 0;
  if (TakeIf("Inf") || TakeIf("inf")) {
    value = std::numeric_limits<double>::infinity();
  } else if (TakeIf("NaN") || TakeIf("nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    const std::string_view text = rest_.substr(0, NumberSize());
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return Error("expected a number");
    rest_.remove_prefix(text.size());
  }
  return negative ? -value : value;
}

Result<int64_t> TextScanner::TakeInteger() {
  int64_t value = 0;
  const auto parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (parsed.ec != std::errc()) return Error("expected an integer");
  rest_.remove_prefix(static_cast<size_t>(parsed.ptr - rest_.data()));
  return value;
}

Result<uint64_t> TextScanner::TakeCount() {
  uint64_t value = 0;
  const auto parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (parsed.ec != std::errc()) return Error("expected a number of repetitions");
  rest_.remove_prefix(static_cast<size_t>(parsed.ptr - rest_.data()));
  return value;
}

Status TextScanner::Error(std::string_view message) const {
  return InvalidArgumentError(StrCat(message, " at ", GoQuote(rest_.substr(0, kQuotedBytesMax))));
}

}  // namespace epi::promqltest
