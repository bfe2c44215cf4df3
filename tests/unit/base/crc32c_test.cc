#include "common/base/crc32c.h"

#include <random>
#include <string>

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("crc32c gives the published check values") {
  CHECK(Crc32c("") == 0);
  CHECK(Crc32c("123456789") == 0xE3069283);
  CHECK(Crc32c(std::string(32, '\0')) == 0x8A9136AA);
  CHECK(Crc32c(std::string(32, '\xFF')) == 0x62A8AB43);
}

TEST_CASE("crc32c of pieces equals crc32c of the whole, with and without the CPU's instruction") {
  std::mt19937_64 random(7);
  std::string bytes(1000, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  const std::string_view whole = bytes;
  for (size_t cut = 0; cut <= bytes.size(); cut += 13) {
    CHECK(Crc32cExtend(Crc32c(whole.substr(0, cut)), whole.substr(cut)) == Crc32c(whole));
    CHECK(internal::Crc32cExtendPortable(0, whole.substr(cut)) == Crc32c(whole.substr(cut)));
  }
}

}  // namespace
}  // namespace epi
