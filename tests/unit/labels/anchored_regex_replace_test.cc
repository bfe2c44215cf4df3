#include "common/labels/anchored_regex.h"
#include "tests/support/catch.h"

namespace epi::labels {
namespace {

std::string Replaced(std::string_view pattern, std::string_view text, std::string_view replacement) {
  return AnchoredRegex::Make(pattern).value().ReplaceAll(text, replacement);
}

TEST_CASE("all matches are replaced, with their groups") {
  CHECK(Replaced("(a)(b)", "ab-ab", "$2$1") == "ba-ba");
  CHECK(Replaced("x", "none", "y") == "none");
  CHECK(Replaced("o", "foo", "0") == "f00");
  CHECK(Replaced("(?P<n>[0-9]+)", "a1b22", "<${n}>") == "a<1>b<22>");
}

TEST_CASE("empty matches are replaced between runes, but not right after a match") {
  CHECK(Replaced("", "aé", "-") == "-a-é-");
  CHECK(Replaced("a*", "baac", "x") == "xbxcx");
  CHECK(Replaced("$", "end", ".") == "end.");
  CHECK(Replaced("", "", "x") == "x");
}

TEST_CASE("an expression is found anywhere") {
  const auto regex = AnchoredRegex::Make("b+").value();
  CHECK(regex.FoundIn("abc"));
  CHECK_FALSE(regex.FoundIn("ac"));
  CHECK_FALSE(regex.Matches("abc"));
}

}  // namespace
}  // namespace epi::labels
