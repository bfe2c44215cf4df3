#include "common/base/str_cat.h"

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("StrCat joins literals, strings, characters, numbers and truth values") {
  CHECK(StrCat("a", std::string("b"), std::string_view("c"), 'd', 1, uint64_t{2}, -3, true, 0.5) == "abcd12-3true0.5");
}

}  // namespace
}  // namespace epi
