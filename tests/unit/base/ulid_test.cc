#include "common/base/ulid.h"

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("a ULID survives parsing and printing") {
  const std::string text = "01M7Y37CY3WTCXEVDSVE7053AG";
  const Result<Ulid> ulid = Ulid::Parse(text);
  REQUIRE(ulid.ok());
  CHECK(ulid->ToString() == text);
  CHECK(Ulid::Parse("01m7y37cy3wtcxevdsve7053ag").value() == *ulid);
  CHECK(Ulid::Parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").ok());
}

TEST_CASE("a ULID keeps its time and sorts by it") {
  const Ulid earlier = Ulid::Make(1469918176385, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const Ulid later = Ulid::Random(1469918176386);
  CHECK(earlier.time_ms() == 1469918176385);
  CHECK(later.time_ms() == 1469918176386);
  CHECK(earlier.ToString().substr(0, 10) == "01ARYZ6S41");
  CHECK(earlier < later);
  CHECK(earlier.ToString() < later.ToString());
  CHECK(Ulid().is_zero());
}

TEST_CASE("text that is no ULID is refused") {
  for (const std::string_view text :
       {"", "chunks_head", "01M7Y37CY3WTCXEVDSVE7053A", "01M7Y37CY3WTCXEVDSVE7053AGG", "01M7Y37CY3WTCXEVDSVE7053AU",
        "81M7Y37CY3WTCXEVDSVE7053AG", "01M7Y37CY3WTCXEVDSVE7053A/"}) {
    INFO(text);
    CHECK(Ulid::Parse(text).status().code() == StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace epi
