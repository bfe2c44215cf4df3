#include "common/base/byte_size.h"

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("sizes read in powers of 1024 and print so that they read back") {
  CHECK(ParseByteSize("2GB")->bytes == uint64_t{2} << 30);
  CHECK(ParseByteSize("250MB")->bytes == uint64_t{250} << 20);
  CHECK(ParseByteSize("512KiB")->bytes == 512 << 10);
  CHECK(ParseByteSize("1gb512mb")->bytes == (uint64_t{1} << 30) + (512 << 20));
  CHECK(ParseByteSize("1.5KB")->bytes == 1536);
  CHECK(ParseByteSize("0")->bytes == 0);
  CHECK(ParseByteSize("18446744073709551615")->bytes == UINT64_MAX);
  CHECK(FormatByteSize({UINT64_MAX}) == "15EiB1023PiB1023TiB1023GiB1023MiB1023KiB1023B");
  for (const uint64_t bytes : {uint64_t{0}, uint64_t{1}, uint64_t{1023}, uint64_t{1} << 20, uint64_t{5} << 40}) {
    CHECK(ParseByteSize(FormatByteSize({bytes}))->bytes == bytes);
  }
}

TEST_CASE("what is no size is refused") {
  for (const char* text : {"", "-1", "GB", "1XB", "1GBB", "1..5GB", "1 GB", "16EiB", "1e3", "+1", "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(ParseByteSize(text).ok());
  }
}

}  // namespace
}  // namespace epi
