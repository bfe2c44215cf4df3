#include "common/base/go_quote.h"

#include "common/base/random.h"
#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("strings are quoted as Go quotes them") {
  CHECK(GoQuote("") == R"("")");
  CHECK(GoQuote("a'b\"c\\") == R"("a'b\"c\\")");
  CHECK(GoQuote("\a\b\f\n\r\t\v") == R"("\a\b\f\n\r\t\v")");
  CHECK(GoQuote(std::string_view("\0\x1f\x7f", 3)) == R"("\x00\x1f\x7f")");
  CHECK(GoQuote("\xff\xc3") == R"("\xff\xc3")");
  CHECK(GoQuote("\xc3\xa9\xf0\x9f\x98\x80") == "\"\xc3\xa9\xf0\x9f\x98\x80\"");
  // No-break space, line separator, byte order mark, a private-use rune and the replacement rune itself.
  CHECK(GoQuote("\xc2\xa0\xe2\x80\xa8\xef\xbb\xbf\xf3\xb0\x80\x80\xef\xbf\xbd") ==
        "\"\\u00a0\\u2028\\ufeff\\U000f0000\xef\xbf\xbd\"");
}

TEST_CASE("literals of all three quote kinds are read") {
  CHECK(*GoUnquote(R"("a\n\x41\101\u00e9\U0001F600\"'")") == "a\nAA\xc3\xa9\xf0\x9f\x98\x80\"'");
  CHECK(*GoUnquote(R"('\'"')") == "'\"");
  CHECK(*GoUnquote("`\\n\n\"`") == "\\n\n\"");
  CHECK(*GoUnquote("\"\"") == "");
}

TEST_CASE("bad literals are refused") {
  for (const char* literal : {"", "\"", "a", "\"a'", "\"a\"b\"", "\"\\\"", "\"\\'\"", "'\\\"'", "\"\\q\"", "\"\\x4\"", "\"\\400\"",
                              "\"\\08\"", "\"\\ud800\"", "\"\\U00110000\"", "\"a\nb\"", "`a`b`", "aa"}) {
    INFO(literal);
    CHECK_FALSE(GoUnquote(literal).ok());
  }
}

TEST_CASE("whatever is quoted reads back the same") {
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (uint64_t n = random.Uniform(20); n > 0; --n) text.push_back(static_cast<char>(random.Uniform(256)));
    const Result<std::string> back = GoUnquote(GoQuote(text));
    REQUIRE(back.ok());
    CHECK(*back == text);
  }
}

}  // namespace
}  // namespace epi
