#include "common/api/query_request.h"
#include "tests/support/catch.h"

namespace epi::api {
namespace {

Status AskFor(int64_t steps) {
  RequestParams params;
  params.Add("query", "up");
  params.Add("start", "0");
  params.Add("end", std::to_string(steps * 15));
  params.Add("step", "15");
  return ParseRangeQuery(params, {}).status();
}

}  // namespace

TEST_CASE("a range query may have 11,000 steps and no more") {
  CHECK(AskFor(11'000).ok());
  const Status status = AskFor(11'001);
  CHECK(status.code() == StatusCode::kInvalidArgument);
  CHECK(status.message() ==
        "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
}

}  // namespace epi::api
