#include "common/labels/name.h"

#include "tests/support/catch.h"

namespace epi::labels {
namespace {

TEST_CASE("legacy names are ASCII identifiers, metrics with colons too") {
  for (const char* name : {"a", "_", "__name__", "Job9", "x_1"}) CHECK(IsLegacyLabelName(name));
  for (const char* name : {"", "9a", "a:b", "a.b", "a b", "\xc3\xa9", "a-b"}) CHECK_FALSE(IsLegacyLabelName(name));
  for (const char* name : {"a:b", ":", "up", "job:x:rate5m"}) CHECK(IsLegacyMetricName(name));
  for (const char* name : {"", "0", "a.b", "\xff"}) CHECK_FALSE(IsLegacyMetricName(name));
}

TEST_CASE("any text in UTF-8 is a name, but not the empty one") {
  CHECK(IsValidName("a.b c"));
  CHECK(IsValidName("\xc3\xa9"));
  CHECK_FALSE(IsValidName(""));
  CHECK_FALSE(IsValidName("\xff"));
  CHECK(IsValidValue(""));
  CHECK_FALSE(IsValidValue("\xed\xa0\x80"));
}

}  // namespace
}  // namespace epi::labels
