#include "common/storeapi/wire_info.h"

#include "proto/info.pb.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/recorded_calls.h"

namespace epi::storeapi {

TEST_CASE("recorded info answers are read and written alike") {
  for (const RecordedCall& call : RecordedCalls("info")) {
    INFO(call.name);
    REQUIRE(call.responses.size() == 1);
    const auto info = ParseInfo(call.responses[0]);
    REQUIRE(info.ok());
    thanos::info::InfoResponse expected;
    thanos::info::InfoResponse actual;
    REQUIRE(expected.ParseFromString(call.responses[0]));
    REQUIRE(actual.ParseFromString(SerializeInfo(*info)));
    CHECK(actual.DebugString() == expected.DebugString());
  }
}

TEST_CASE("what a sidecar serves is told apart from what it does not") {
  Info info;
  info.component_type = "sidecar";
  info.label_sets = {labels::Labels({{"cluster", "eu1"}})};
  info.store = StoreInfo{.range = {5, 6}, .supports_sharding = true, .supports_without_replica_labels = true, .tsdb_infos = {}, .supports_projections = false};
  info.rules = true;
  const auto read = ParseInfo(SerializeInfo(info));
  REQUIRE(read.ok());
  CHECK(*read == info);
  CHECK(!read->targets);
  CHECK(!read->exemplars.has_value());
}

TEST_CASE("a malformed info answer is data loss") {
  CHECK(ParseInfo("\x0a\x7f").status().code() == StatusCode::kDataLoss);
}

}  // namespace epi::storeapi
