#include "common/http/http1_encoder.h"

#include "common/base/clock.h"
#include "tests/support/catch.h"

namespace epi::http {

TEST_CASE("our own dates are read back, others by the one form that HTTP allows") {
  const auto now = ParseHttpDateMs(HttpDate());
  REQUIRE(now.has_value());
  CHECK(std::abs(*now - Clock::System().NowMs()) < 5'000);
  CHECK(ParseHttpDateMs("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777000);
  for (const char* bad : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT+1", "Sun, 36 Nov 1994 08:49:37 GMT"}) {
    INFO(bad);
    CHECK(!ParseHttpDateMs(bad).has_value());
  }
}

}  // namespace epi::http
