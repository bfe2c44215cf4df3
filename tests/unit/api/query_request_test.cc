#include "common/api/query_request.h"

#include "tests/support/catch.h"

namespace epi::api {
namespace {

constexpr int64_t kMinute = 60'000;

}  // namespace

TEST_CASE("the lookback widens to the resolution of downsampled data, unless the request or the flag says otherwise") {
  const auto lookback = [](int64_t resolution_ms, int64_t requested_ms = 0, bool dynamic = true, int64_t engine_ms = 5 * kMinute) {
    QueryRequest request;
    request.source.max_source_resolution_ms = resolution_ms;
    request.lookback_ms = requested_ms;
    return LookbackMs(request, engine_ms, {.dynamic_lookback = dynamic});
  };
  CHECK(lookback(0) == 5 * kMinute);
  CHECK(lookback(1) == 5 * kMinute);
  CHECK(lookback(5 * kMinute) == 5 * kMinute);
  CHECK(lookback(5 * kMinute + 1) == 60 * kMinute);
  CHECK(lookback(60 * kMinute) == 60 * kMinute);
  CHECK(lookback(0, 0, true, kMinute) == kMinute);
  CHECK(lookback(5 * kMinute, 0, true, kMinute) == 5 * kMinute);
  CHECK(lookback(60 * kMinute, 0, true, 120 * kMinute) == 120 * kMinute);
  CHECK(lookback(60 * kMinute, 7 * kMinute) == 7 * kMinute);
  CHECK(lookback(60 * kMinute, 0, false) == 5 * kMinute);
}

}  // namespace epi::api
