#include "common/base/byte_size.h"

#include <array>
#include <cctype>
#include <charconv>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"

namespace epi {
namespace {

constexpr std::string_view kUnitLetters = "KMGTPE";
constexpr double kBytesMax = 18446744073709551616.0;

bool IsNumberPart(char c) { return (c >= '0' && c <= '9') || c == '.'; }

std::string_view Take(std::string_view* text, bool number) {
  size_t size = 0;
  while (size < text->size() && IsNumberPart((*text)[size]) == number) ++size;
  const std::string_view taken = text->substr(0, size);
  text->remove_prefix(size);
  return taken;
}

// Bytes of a unit; 0 for an unknown one.
double UnitBytes(std::string_view unit) {
  std::string upper;
  for (const char c : unit) upper.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  if (upper.empty() || upper == "B") return 1;
  const size_t power = kUnitLetters.find(upper[0]);
  if (power == std::string_view::npos) return 0;
  const std::string_view rest = std::string_view(upper).substr(1);
  if (rest != "B" && rest != "IB") return 0;
  return static_cast<double>(uint64_t{1} << (10 * (power + 1)));
}

}  // namespace

Result<ByteSize> ParseByteSize(std::string_view text) {
  const Status bad = InvalidArgumentError(StrCat("not a size in bytes: ", GoQuote(text.substr(0, 64)), " (as in 512MB or 2GiB)"));
  uint64_t plain = 0;
  const char* const text_end = text.data() + text.size();
  if (const auto result = std::from_chars(text.data(), text_end, plain); result.ec == std::errc() && result.ptr == text_end) {
    return ByteSize{plain};
  }
  if (text.empty()) return bad;
  double total = 0;
  while (!text.empty()) {
    const std::string_view number = Take(&text, true);
    const double unit = UnitBytes(Take(&text, false));
    double value = 0;
    const char* const end = number.data() + number.size();
    const auto result = std::from_chars(number.data(), end, value, std::chars_format::fixed);
    if (number.empty() || result.ec != std::errc() || result.ptr != end || unit == 0) return bad;
    total += value * unit;
  }
  if (!(total < kBytesMax)) return bad;
  return ByteSize{static_cast<uint64_t>(total)};
}

std::string FormatByteSize(ByteSize size) {
  if (size.bytes == 0) return "0B";
  std::string out;
  uint64_t rest = size.bytes;
  for (size_t power = kUnitLetters.size(); power > 0; --power) {
    const uint64_t unit = uint64_t{1} << (10 * power);
    if (rest < unit) continue;
    StrAppend(&out, rest / unit, kUnitLetters[power - 1], "iB");
    rest %= unit;
  }
  if (rest > 0) StrAppend(&out, rest, "B");
  return out;
}

}  // namespace epi
