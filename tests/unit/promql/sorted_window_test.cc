#include "common/promql/functions/sorted_window.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "common/promql/functions/quantile.h"
#include "tests/support/catch.h"

namespace epi::promql {

TEST_CASE("a sorted window holds what sorting each window gives, however it moves") {
  std::mt19937_64 random(4);
  std::vector<double> values(3'000);
  for (double& value : values) {
    value = random() % 30 == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(random() % 50) - 20;
  }
  for (const size_t stride : {1, 3, 10, 90}) {
    SortedWindow window;
    size_t begin = 0;
    size_t end = 1;
    while (end <= values.size()) {
      FloatWindow view;
      view.values = values.data() + begin;
      view.size = end - begin;
      view.first = begin;
      const std::span<const double> sorted = window.Of(view);
      std::vector<double> expected(values.begin() + static_cast<std::ptrdiff_t>(begin), values.begin() + static_cast<std::ptrdiff_t>(end));
      const double quantile = QuantileOf(0.3, &expected);
      const double of_sorted = QuantileOfSorted(0.3, sorted);
      std::sort(expected.begin(), expected.end(), NanFirst);
      const bool same = std::equal(sorted.begin(), sorted.end(), expected.begin(), expected.end(),
                                   [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); });
      REQUIRE(same);
      REQUIRE((quantile == of_sorted || (std::isnan(quantile) && std::isnan(of_sorted))));
      end += random() % (2 * stride) + (random() % 40 == 0 ? 200 : 0);
      begin = std::min(std::max(begin, end > 60 ? end - 60 : 0) + random() % 3, end > 0 ? end - 1 : 0);
    }
  }
}

}  // namespace epi::promql
