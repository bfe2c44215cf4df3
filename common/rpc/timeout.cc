#include "common/rpc/timeout.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

#include "common/base/str_cat.h"

namespace epi::rpc {
namespace {

struct Unit {
  char letter;
  int64_t nanoseconds;
};
constexpr std::array<Unit, 6> kUnits = {{{'n', 1},
                                         {'u', 1'000},
                                         {'m', 1'000'000},
                                         {'S', 1'000'000'000},
                                         {'M', 60'000'000'000},
                                         {'H', 3'600'000'000'000}}};
constexpr int64_t kValueMax = 99'999'999;
constexpr size_t kDigitsMax = 8;

}  // namespace

std::string FormatTimeout(std::chrono::nanoseconds timeout) {
  const int64_t total = timeout.count();
  if (total <= 0) return "0n";
  for (const Unit& unit : kUnits) {
    const int64_t value = total / unit.nanoseconds + (total % unit.nanoseconds != 0 ? 1 : 0);
    if (value <= kValueMax) return StrCat(value, unit.letter);
  }
  return StrCat(kValueMax, 'H');
}

std::optional<std::chrono::nanoseconds> ParseTimeout(std::string_view text) {
  if (text.size() < 2 || text.size() > kDigitsMax + 1) return std::nullopt;
  int64_t value = 0;
  const char* const last = text.data() + text.size() - 1;
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || end != last || value < 0) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (unit.letter != text.back()) continue;
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    return std::chrono::nanoseconds(value > kMax / unit.nanoseconds ? kMax : value * unit.nanoseconds);
  }
  return std::nullopt;
}

}  // namespace epi::rpc
