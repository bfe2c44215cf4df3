#include "common/base/ulid.h"

#include <sys/random.h>

#include "common/base/str_cat.h"

namespace epi {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr uint8_t kInvalid = 0xFF;

constexpr std::array<uint8_t, 256> MakeDigits() {
  std::array<uint8_t, 256> digits{};
  digits.fill(kInvalid);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    const auto upper = static_cast<uint8_t>(kAlphabet[i]);
    digits[upper] = static_cast<uint8_t>(i);
    if (upper >= 'A') digits[upper + ('a' - 'A')] = static_cast<uint8_t>(i);
  }
  return digits;
}
constexpr auto kDigits = MakeDigits();

}  // namespace

Result<Ulid> Ulid::Parse(std::string_view text) {
  if (text.size() != kTextSize) return InvalidArgumentError(StrCat("not a ULID: \"", text.substr(0, 64), "\""));
  Ulid ulid;
  // 26 digits hold 130 bits; the top two must be zero.
  Uint128 value = 0;
  for (const char c : text) {
    const uint8_t digit = kDigits[static_cast<uint8_t>(c)];
    if (digit == kInvalid) return InvalidArgumentError(StrCat("not a ULID: \"", text, "\""));
    value = (value << 5) | digit;
  }
  if (kDigits[static_cast<uint8_t>(text[0])] > 7) return InvalidArgumentError(StrCat("not a ULID: \"", text, "\""));
  for (size_t i = 16; i-- > 0; value >>= 8) ulid.bytes_[i] = static_cast<uint8_t>(value);
  return ulid;
}

Ulid Ulid::Make(int64_t time_ms, const Entropy& entropy) {
  CHECK(time_ms >= 0 && time_ms < (int64_t{1} << 48));
  Ulid ulid;
  for (size_t i = 0; i < 6; ++i) ulid.bytes_[i] = static_cast<uint8_t>(time_ms >> (8 * (5 - i)));
  for (size_t i = 0; i < entropy.size(); ++i) ulid.bytes_[6 + i] = entropy[i];
  return ulid;
}

Ulid Ulid::Random(int64_t time_ms) {
  Entropy entropy{};
  // Requests of at most 256 bytes are neither interrupted nor cut short.
  CHECK(getrandom(entropy.data(), entropy.size(), 0) == static_cast<ssize_t>(entropy.size()));
  return Make(time_ms, entropy);
}

int64_t Ulid::time_ms() const {
  int64_t time_ms = 0;
  for (size_t i = 0; i < 6; ++i) time_ms = (time_ms << 8) | bytes_[i];
  return time_ms;
}

std::string Ulid::ToString() const {
  Uint128 value = 0;
  for (const uint8_t byte : bytes_) value = (value << 8) | byte;
  std::string text(kTextSize, '0');
  for (size_t i = kTextSize; i-- > 0; value >>= 5) text[i] = kAlphabet[static_cast<size_t>(value & 31)];
  return text;
}

}  // namespace epi
