#include "common/base/random.h"

#include <array>

#include "common/base/clock.h"
#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("the same seed gives the same sequence and another one another") {
  Random a(1);
  Random b(1);
  Random c(2);
  for (int i = 0; i < 100; ++i) {
    const uint64_t value = a.U64();
    CHECK(value == b.U64());
    CHECK(value != c.U64());
  }
}

TEST_CASE("uniform numbers stay below their bound and reach all values evenly") {
  Random random(0);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts.at(random.Uniform(7));
  for (const int count : counts) CHECK(std::abs(count - 10000) < 500);
  CHECK(random.Uniform(1) == 0);
  for (int i = 0; i < 1000; ++i) {
    const double fraction = random.Fraction();
    CHECK((fraction >= 0 && fraction < 1));
  }
}

TEST_CASE("a fake clock moves only when told to, and wall jumps leave monotonic time alone") {
  FakeClock clock(1000);
  const auto start = clock.Monotonic();
  clock.Advance(std::chrono::seconds(2));
  CHECK(clock.NowMs() == 3000);
  clock.SetNowMs(0);
  CHECK(clock.NowMs() == 0);
  CHECK(clock.Monotonic() - start == std::chrono::seconds(2));
  CHECK(Clock::System().NowMs() > 1'600'000'000'000);
}

}  // namespace
}  // namespace epi
