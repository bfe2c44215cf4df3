// What reads as a duration, a size or a time prints so that it reads back the same.
#include <cstdint>
#include <string_view>

#include "common/base/byte_size.h"
#include "common/base/check.h"
#include "common/base/duration.h"
#include "common/base/time_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT
  if (const auto duration = ParseDuration(text); duration.ok()) CHECK(*ParseDuration(FormatDuration(*duration)) == *duration);
  if (const auto duration = ParseGoDuration(text); duration.ok()) {
    CHECK(*ParseGoDuration(FormatGoDuration(*duration)) == *duration);
  }
  if (const auto bytes = ParseByteSize(text); bytes.ok() && bytes->bytes < (uint64_t{1} << 50)) {
    CHECK(*ParseByteSize(FormatByteSize(*bytes)) == *bytes);
  }
  if (const auto time = ParseRfc3339Ms(text); time.ok() && *time >= -62167219200000 && *time <= 253402300799999) {
    CHECK(*ParseRfc3339Ms(FormatRfc3339Ms(*time)) == *time);
  }
  if (const auto time = TimeOrOffset::Parse(text); time.ok()) time->Resolve(1'700'000'000'000);
  return 0;
}
