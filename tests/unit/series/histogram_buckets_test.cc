#include "common/series/histogram_buckets.h"

#include "tests/support/catch.h"

namespace epi::series {
namespace {

TEST_CASE("buckets end where the zero bucket begins, but are stored with the bounds of their schema") {
  FloatHistogram histogram;
  histogram.zero_threshold = 0.75;
  histogram.zero_count = 1;
  histogram.count = 5;
  histogram.positive_spans = {{0, 2}};
  histogram.positive_buckets = {1, 1};
  histogram.negative_spans = {{0, 2}};
  histogram.negative_buckets = {1, 1};
  const std::vector<Bucket> stored = StoredBuckets(histogram);
  const std::vector<Bucket> all = AllBuckets(histogram);
  REQUIRE(stored.size() == 5);
  REQUIRE(all.size() == 5);
  const double stored_bounds[][2] = {{-2, -1}, {-1, -0.5}, {-0.75, 0.75}, {0.5, 1}, {1, 2}};
  const double all_bounds[][2] = {{-2, -1}, {-1, -0.75}, {-0.75, 0.75}, {0.75, 1}, {1, 2}};
  for (size_t i = 0; i < 5; ++i) {
    CHECK(stored[i].lower == stored_bounds[i][0]);
    CHECK(stored[i].upper == stored_bounds[i][1]);
    CHECK(all[i].lower == all_bounds[i][0]);
    CHECK(all[i].upper == all_bounds[i][1]);
  }
}

}  // namespace
}  // namespace epi::series
