#include "common/base/md5.h"

#include <string>

#include "tests/support/catch.h"

namespace epi {
namespace {

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const uint8_t byte : Md5(bytes)) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

TEST_CASE("MD5 of RFC 1321's examples and of the lengths around a block") {
  CHECK(Hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(Hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(Hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
        "57edf4a22be3c955ac49da2e2107b67a");
  CHECK(Hex(std::string(55, 'a')) == "ef1772b6dff9a122358552954ad0df65");
  CHECK(Hex(std::string(56, 'a')) == "3b0c8ac703f828b04c6c197006d17218");
  CHECK(Hex(std::string(64, 'a')) == "014842d480b571495a4a0363793f7367");
}

}  // namespace
}  // namespace epi
