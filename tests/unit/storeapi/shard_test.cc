#include "common/storeapi/shard.h"

#include "common/storeapi/wire_series.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/recorded_calls.h"

namespace epi::storeapi {

TEST_CASE("every series that a Thanos store put into a shard belongs to it") {
  size_t checked = 0;
  for (const RecordedCall& call : RecordedCalls("series")) {
    if (call.name.find("store-shard") == std::string::npos) continue;
    INFO(call.name);
    const auto request = ParseSeriesRequest(call.request);
    REQUIRE(request.ok());
    REQUIRE(request->shard_info.has_value());
    ShardMatcher shard(request->shard_info);
    for (const std::string& message : call.responses) {
      ResponseReader reader(message);
      for (auto part = reader.Next(); part.ok() && *part == ResponseReader::Part::kSeries; part = reader.Next()) {
        SeriesView series;
        REQUIRE(ParseSeries(reader.body(), &series).ok());
        CHECK(shard.Matches(*ToLabels(series)));
        ++checked;
      }
    }
  }
  CHECK(checked > 5);
}

TEST_CASE("a shard beyond the total is refused") {
  CHECK(ShardMatcher(ShardInfo{.shard_index = 3, .total_shards = 3, .by = true, .labels = {}}).Check().code() == StatusCode::kInvalidArgument);
  CHECK(ShardMatcher(ShardInfo{.shard_index = 2, .total_shards = 3, .by = true, .labels = {}}).Check().ok());
  CHECK(ShardMatcher(std::nullopt).Matches(labels::Labels({{"a", "b"}})));
}

}  // namespace epi::storeapi
