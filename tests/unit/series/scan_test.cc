#include "common/series/scan.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <random>
#include <vector>

#include "common/series/sample.h"
#include "tests/support/catch.h"

namespace epi::series {
namespace {

const double kStale = std::bit_cast<double>(kStaleNanBits);
const double kNan = std::bit_cast<double>(kNormalNanBits);

}  // namespace

TEST_CASE("times that do not increase are found wherever they are") {
  for (size_t size = 0; size < 70; ++size) {
    std::vector<int64_t> times(size);
    for (size_t i = 0; i < size; ++i) times[i] = static_cast<int64_t>(i * 1000) - 30'000;
    CHECK(StrictlyIncreasing(times));
    for (size_t i = 1; i < size; ++i) {
      std::vector<int64_t> equal = times;
      equal[i] = equal[i - 1];
      CHECK(!StrictlyIncreasing(equal));
    }
  }
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  CHECK(StrictlyIncreasing(std::vector<int64_t>{kMin, kMax}));
  CHECK(!StrictlyIncreasing(std::vector<int64_t>{kMax, kMin}));
  CHECK(!StrictlyIncreasing(std::vector<int64_t>{1LL << 62, -(1LL << 62) - 1}));
}

TEST_CASE("a stale marker is found wherever it is, and no other NaN is taken for one") {
  for (size_t size = 0; size < 70; ++size) {
    std::vector<double> values(size, kNan);
    CHECK(!HasStaleNan(values));
    for (size_t i = 0; i < size; ++i) {
      values[i] = kStale;
      CHECK(HasStaleNan(values));
      values[i] = static_cast<double>(i);
    }
  }
}

TEST_CASE("falling values are found as a plain loop finds them") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<double> values(random() % 40);
    double value = 0;
    for (double& one : values) {
      value += random() % 60 == 0 ? -1.0 : static_cast<double>(random() % 2);
      one = random() % 50 == 0 ? kNan : value;
    }
    bool expected = false;
    for (size_t i = 1; i < values.size(); ++i) expected |= values[i] < values[i - 1];
    CHECK(Falls(values) == expected);
  }
}

}  // namespace epi::series
