// ULID: a block's name. 128 bits: 48 of time (Unix milliseconds), 80 of entropy; 26 characters of Crockford base32, so that
// byte order of the text is order in time.
//
//   const Ulid id = TRY(Ulid::Parse("01M7Y37CY3WTCXEVDSVE7053AG"));
//   id.time_ms(), id.ToString()
//
// Errors: Parse() returns InvalidArgument for anything that is not 26 base32 characters of at most 128 bits.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi {

class Ulid {
 public:
  static constexpr size_t kTextSize = 26;
  using Entropy = std::array<uint8_t, 10>;

  // All zero: no block.
  Ulid() = default;
  // Both letter cases are read; ToString() writes upper case.
  static Result<Ulid> Parse(std::string_view text);
  // REQUIRES: 0 <= time_ms < 2^48.
  static Ulid Make(int64_t time_ms, const Entropy& entropy);
  // `time_ms` with entropy from the operating system.
  static Ulid Random(int64_t time_ms);

  int64_t time_ms() const;
  std::string ToString() const;
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }
  bool is_zero() const { return bytes_ == std::array<uint8_t, 16>{}; }

  friend auto operator<=>(const Ulid&, const Ulid&) = default;

 private:
  std::array<uint8_t, 16> bytes_{};
};

}  // namespace epi

template <>
struct std::hash<epi::Ulid> {
  size_t operator()(const epi::Ulid& ulid) const noexcept {
    return std::hash<std::string_view>()(
        {reinterpret_cast<const char*>(ulid.bytes().data()), ulid.bytes().size()});  // NOLINT
  }
};
