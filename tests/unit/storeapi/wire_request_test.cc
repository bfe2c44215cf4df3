#include "common/storeapi/wire_request.h"

#include <google/protobuf/util/message_differencer.h>

#include "proto/store.pb.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/recorded_calls.h"

namespace epi::storeapi {
namespace {

// The peer parses what we wrote, and finds what the original sender meant.
template <typename Message>
void CheckSameMessage(const std::string& original, const std::string& ours) {
  Message expected;
  Message actual;
  REQUIRE(expected.ParseFromString(original));
  REQUIRE(actual.ParseFromString(ours));
  std::string difference;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  CHECK(differencer.Compare(expected, actual));
  CHECK(difference.empty());
}

bool IsBadRegexCall(const RecordedCall& call) { return call.name.find("bad-regex") != std::string::npos; }

}  // namespace

TEST_CASE("recorded series requests are read and written alike") {
  for (const RecordedCall& call : RecordedCalls("series")) {
    INFO(call.name);
    const auto request = ParseSeriesRequest(call.request);
    if (IsBadRegexCall(call)) {
      CHECK(request.status().code() == StatusCode::kInvalidArgument);
      continue;
    }
    REQUIRE(request.ok());
    CheckSameMessage<thanos::SeriesRequest>(call.request, Serialize(*request));
  }
}

TEST_CASE("recorded label requests are read and written alike") {
  for (const RecordedCall& call : RecordedCalls("label_names")) {
    INFO(call.name);
    const auto request = ParseLabelNamesRequest(call.request);
    REQUIRE(request.ok());
    CheckSameMessage<thanos::LabelNamesRequest>(call.request, SerializeLabelNames(*request));
  }
  for (const RecordedCall& call : RecordedCalls("label_values")) {
    INFO(call.name);
    const auto request = ParseLabelValuesRequest(call.request);
    REQUIRE(request.ok());
    CheckSameMessage<thanos::LabelValuesRequest>(call.request, SerializeLabelValues(*request));
  }
}

TEST_CASE("recorded label answers are read and written alike") {
  for (const RecordedCall& call : RecordedCalls("label_names")) {
    for (const std::string& message : call.responses) {
      const auto response = ParseLabelsResponse(message);
      REQUIRE(response.ok());
      CHECK(Serialize(*response) == message);
    }
  }
}

TEST_CASE("every field of a series request survives") {
  thanos::SeriesRequest peer;
  peer.set_min_time(-5);
  peer.set_max_time(99);
  auto* matcher = peer.add_matchers();
  matcher->set_type(thanos::LabelMatcher::NRE);
  matcher->set_name("a");
  matcher->set_value("b|c");
  peer.set_max_resolution_window(300000);
  peer.add_aggregates(thanos::MIN);
  peer.add_aggregates(thanos::COUNTER);
  peer.set_partial_response_strategy(thanos::ABORT);
  peer.set_skip_chunks(true);
  peer.mutable_hints()->set_type_url("type.googleapis.com/x");
  peer.set_step(7);
  peer.set_range(8);
  peer.mutable_query_hints()->set_step_millis(9);
  peer.mutable_query_hints()->mutable_func()->set_name("sum");
  peer.mutable_query_hints()->mutable_grouping()->set_by(true);
  peer.mutable_query_hints()->mutable_grouping()->add_labels("job");
  peer.mutable_query_hints()->mutable_range()->set_millis(10);
  peer.mutable_query_hints()->add_projection_labels("job");
  peer.mutable_query_hints()->set_projection_include(true);
  peer.mutable_query_hints()->set_series_hash_label_name("__h__");
  peer.mutable_shard_info()->set_shard_index(1);
  peer.mutable_shard_info()->set_total_shards(3);
  peer.mutable_shard_info()->set_by(true);
  peer.mutable_shard_info()->add_labels("n");
  peer.add_without_replica_labels("replica");
  peer.add_without_replica_labels("");
  peer.set_limit(11);
  peer.set_response_batch_size(64);
  const std::string original = peer.SerializeAsString();
  const auto request = ParseSeriesRequest(original);
  REQUIRE(request.ok());
  CheckSameMessage<thanos::SeriesRequest>(original, Serialize(*request));
}

TEST_CASE("the old partial_response_disabled means abort") {
  thanos::SeriesRequest peer;
  peer.set_partial_response_disabled(true);
  const auto request = ParseSeriesRequest(peer.SerializeAsString());
  REQUIRE(request.ok());
  CHECK(request->partial_response == PartialResponse::kAbort);
}

TEST_CASE("unpacked aggregates are accepted") {
  const auto request = ParseSeriesRequest(std::string("\x28\x01\x28\x05", 4));
  REQUIRE(request.ok());
  CHECK(request->aggregates == std::vector<Aggregate>{Aggregate::kCount, Aggregate::kCounter});
}

TEST_CASE("unknown request fields survive forwarding") {
  const std::string original("\xf8\x07\x2a", 3);  // Field 127, varint 42.
  const auto request = ParseSeriesRequest(original);
  REQUIRE(request.ok());
  CHECK(Serialize(*request) == original);
}

TEST_CASE("malformed requests are invalid arguments that name the message") {
  const auto truncated = ParseSeriesRequest(std::string("\x1a\x7f", 2));
  CHECK(truncated.status().ToString() == "InvalidArgument: malformed protobuf in SeriesRequest at offset 2");
  const auto aggregate = ParseSeriesRequest(std::string("\x28\x09", 2));
  CHECK(aggregate.status().message() == "unknown aggregate 9");
  const auto matcher = ParseSeriesRequest(std::string("\x1a\x05\x08\x07\x12\x01x", 7));
  CHECK(matcher.status().message() == "unknown type 7 of the matcher for label \"x\"");
}

}  // namespace epi::storeapi
