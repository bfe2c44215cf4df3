#include "common/base/utf8.h"

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("every rune but surrogates survives encoding and decoding") {
  for (char32_t rune = 0; rune <= 0x10FFFF; ++rune) {
    if (rune == 0xD800) rune = 0xE000;
    std::string text;
    AppendRune(&text, rune);
    const DecodedRune decoded = DecodeRune(text);
    if (!decoded.valid || decoded.rune != rune || decoded.size != text.size()) FAIL("rune " << static_cast<uint32_t>(rune));
  }
  std::string surrogate;
  AppendRune(&surrogate, 0xD800);
  CHECK(surrogate == "\xef\xbf\xbd");
}

TEST_CASE("overlong forms, surrogates, cut sequences and stray bytes are ill-formed") {
  for (const char* text : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3\x28", "aaaaaaaaaaaaaaa\xff"}) {
    CHECK_FALSE(IsValidUtf8(text));
  }
  CHECK(DecodeRune("\xe2\x82").size == 1);
  CHECK(DecodeRune("").size == 0);
  CHECK(IsValidUtf8(""));
  CHECK(IsValidUtf8("0123456789\xe2\x82\xac 0123456789"));
  CHECK(ToValidUtf8("a\xe2\x82z\xff") == "a\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd");
}

TEST_CASE("printable runes are those that Go prints") {
  CHECK(IsPrintRune(' '));
  CHECK(IsPrintRune('~'));
  CHECK(IsPrintRune(0xE9));
  CHECK(IsPrintRune(0x1F600));
  for (const char32_t rune : {0x00, 0x1F, 0x7F, 0x80, 0xA0, 0xAD, 0x378, 0x2028, 0x3000, 0xE000, 0xFEFF, 0xE01F0, 0x10FFFF}) {
    INFO(static_cast<uint32_t>(rune));
    CHECK_FALSE(IsPrintRune(rune));
  }
}

}  // namespace
}  // namespace epi
