// Parses any text as a line of samples, a line of start times, and a script.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/promqltest/script.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi::promqltest;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)ParseSeriesDescription(text).ok();
  if (IsStartTimesLine(text)) (void)ParseStartTimes(text).ok();
  (void)ParseScript(text).ok();
  return 0;
}
