#include "common/storeapi/store_server.h"

#include <grpcpp/grpcpp.h>

#include "common/storeapi/store_client.h"
#include "proto/info.grpc.pb.h"
#include "proto/store.grpc.pb.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/fake_store.h"

namespace epi::storeapi {
namespace {

labels::Labels Up(const std::string& instance, const std::string& replica) {
  return labels::Labels({{"__name__", "up"}, {"instance", instance}, {"replica", replica}});
}

FakeStore ThreeSeries() {
  FakeStore store(labels::Labels({{"replica", "a"}}));
  store.Add(Up("1", "a"), Ramp(0, 15000, 200)).Add(Up("2", "a"), Ramp(0, 15000, 10)).Add(Up("3", "a"), Ramp(0, 15000, 10));
  return store;
}

SeriesRequest UpRequest() {
  SeriesRequest request;
  request.maxt_ms = INT64_MAX;
  request.matchers = NameIs("up");
  return request;
}

// Reads a whole stream; labels as text.
std::vector<std::string> ReadLabels(SeriesStream& stream) {
  std::vector<std::string> all;
  for (;;) {
    auto series = stream.Next();
    INFO(series.status().ToString());
    REQUIRE(series.ok());
    if (!series->has_value()) return all;
    all.push_back((*series)->labels.ToSeriesString());
  }
}

struct PeerStub {
  explicit PeerStub(const std::string& address)
      : channel(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
        store(thanos::Store::NewStub(channel)),
        info(thanos::info::Info::NewStub(channel)) {}
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<thanos::Store::Stub> store;
  std::unique_ptr<thanos::info::Info::Stub> info;
};

// Sizes of the frames that grpc's own client receives; 0 stands for a single series.
std::vector<int> FramesSeenByPeer(const std::string& address, int64_t batch_size) {
  PeerStub peer(address);
  grpc::ClientContext context;
  thanos::SeriesRequest request;
  request.set_max_time(INT64_MAX);
  auto* matcher = request.add_matchers();
  matcher->set_name("__name__");
  matcher->set_value("up");
  request.set_response_batch_size(batch_size);
  const auto reader = peer.store->Series(&context, request);
  std::vector<int> sizes;
  for (thanos::SeriesResponse response; reader->Read(&response);) sizes.push_back(response.has_batch() ? response.batch().series_size() : 0);
  REQUIRE(reader->Finish().ok());
  return sizes;
}

}  // namespace

TEST_CASE("series cross the network with labels and chunk bytes unchanged") {
  runtime::Loop loop;
  FakeStore store = ThreeSeries();
  TestServer server(&loop, &store);
  const StoreClient client(Dial(&loop, server.address()));
  for (const int64_t batch_size : {0, 1, 2, 64}) {
    SeriesRequest request = UpRequest();
    request.response_batch_size = batch_size;
    const auto stream = client.Series(Context::Background(), request);
    auto first = stream->Next();
    REQUIRE(first.ok());
    REQUIRE(first->has_value());
    CHECK((*first)->labels == Up("1", "a"));
    const auto expected = EncodeFloats(Ramp(0, 15000, 200));
    REQUIRE((*first)->chunks.size() == expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      const auto slots = ParseChunkSlots((*first)->chunks[i].encoded);
      CHECK((*slots)[Aggregate::kRaw].data == expected[i].data);
      CHECK((*slots)[Aggregate::kRaw].hash == ChunkHash(expected[i].data));
    }
    CHECK(ReadLabels(*stream).size() == 2);
  }
}

TEST_CASE("responses are batched only for clients that ask for it, as grpc's own client sees it") {
  runtime::Loop loop;
  FakeStore store = ThreeSeries();
  TestServer server(&loop, &store);
  CHECK(FramesSeenByPeer(server.address(), 0) == std::vector<int>{0, 0, 0});
  CHECK(FramesSeenByPeer(server.address(), 1) == std::vector<int>{0, 0, 0});
  CHECK(FramesSeenByPeer(server.address(), 2) == std::vector<int>{2, 1});
  CHECK(FramesSeenByPeer(server.address(), 64) == std::vector<int>{3});
}

TEST_CASE("grpc's own client reads our info and label answers") {
  runtime::Loop loop;
  FakeStore store = ThreeSeries();
  TestServer server(&loop, &store);
  PeerStub peer(server.address());
  {
    grpc::ClientContext context;
    thanos::info::InfoResponse response;
    REQUIRE(peer.info->Info(&context, thanos::info::InfoRequest(), &response).ok());
    CHECK(response.componenttype() == "sidecar");
    CHECK(response.store().supports_without_replica_labels());
    CHECK(!response.has_rules());
  }
  {
    grpc::ClientContext context;
    thanos::LabelNamesRequest request;
    request.add_without_replica_labels("replica");
    thanos::LabelNamesResponse response;
    REQUIRE(peer.store->LabelNames(&context, request, &response).ok());
    REQUIRE(response.names_size() == 2);
    CHECK(response.names(1) == "instance");
  }
  {
    grpc::ClientContext context;
    thanos::LabelValuesRequest request;
    request.set_label("instance");
    request.set_limit(2);
    thanos::LabelValuesResponse response;
    REQUIRE(peer.store->LabelValues(&context, request, &response).ok());
    CHECK(response.values_size() == 2);
  }
  {
    grpc::ClientContext context;
    thanos::LabelValuesResponse response;
    const grpc::Status status = peer.store->LabelValues(&context, thanos::LabelValuesRequest(), &response);
    CHECK(status.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
    CHECK(status.error_message() == "label name parameter cannot be empty");
  }
}

TEST_CASE("replica labels are removed and the rest is in order, though it was not with them") {
  runtime::Loop loop;
  FakeStore store(labels::Labels({{"replica", "a"}}));
  store.Add(labels::Labels({{"__name__", "up"}, {"replica", "a"}, {"zone", "2"}}), Ramp(0, 1, 1))
      .Add(labels::Labels({{"__name__", "up"}, {"replica", "b"}, {"zone", "1"}}), Ramp(0, 1, 1))
      .Add(labels::Labels({{"__name__", "up"}, {"zone", "0"}}), Ramp(0, 1, 1));
  TestServer server(&loop, &store);
  SeriesRequest request = UpRequest();
  request.without_replica_labels = {"replica"};
  const auto stream = StoreClient(Dial(&loop, server.address())).Series(Context::Background(), request);
  CHECK(ReadLabels(*stream) == std::vector<std::string>{R"(up{zone="0"})", R"(up{zone="1"})", R"(up{zone="2"})"});
}

TEST_CASE("limits end a call with ResourceExhausted and name the limit") {
  runtime::Loop loop;
  FakeStore store = ThreeSeries();
  TestServer by_series(&loop, &store, {.limits = {.series_max = 2, .samples_max = 0}});
  TestServer by_samples(&loop, &store, {.limits = {.series_max = 0, .samples_max = 300}});
  for (const bool batched : {false, true}) {
    SeriesRequest request = UpRequest();
    request.response_batch_size = batched ? 64 : 0;
    for (const std::string& address : {by_series.address(), by_samples.address()}) {
      const auto stream = StoreClient(Dial(&loop, address)).Series(Context::Background(), request);
      auto series = stream->Next();
      while (series.ok() && series->has_value()) series = stream->Next();
      CHECK(series.status().code() == StatusCode::kResourceExhausted);
      const bool is_series = address == by_series.address();
      CHECK(series.status().message().find(is_series ? "exceeded series limit: limit 2 violated" : "exceeded samples limit: limit 300 violated") !=
            std::string::npos);
    }
  }
}

TEST_CASE("limit and shards of the request cut the answer") {
  runtime::Loop loop;
  FakeStore store = ThreeSeries();
  TestServer server(&loop, &store);
  const StoreClient client(Dial(&loop, server.address()));
  SeriesRequest limited = UpRequest();
  limited.limit = 2;
  CHECK(ReadLabels(*client.Series(Context::Background(), limited)).size() == 2);
  size_t total = 0;
  for (const int64_t shard : {0, 1}) {
    SeriesRequest sharded = UpRequest();
    sharded.shard_info = ShardInfo{.shard_index = shard, .total_shards = 2, .by = true, .labels = {"instance"}};
    total += ReadLabels(*client.Series(Context::Background(), sharded)).size();
  }
  CHECK(total == 3);
}

TEST_CASE("a request that makes no sense is refused before the store sees it") {
  runtime::Loop loop;
  FakeStore store = ThreeSeries();
  TestServer server(&loop, &store);
  const StoreClient client(Dial(&loop, server.address()));
  SeriesRequest no_matchers = UpRequest();
  no_matchers.matchers.clear();
  CHECK(client.Series(Context::Background(), no_matchers)->Next().status().code() == StatusCode::kInvalidArgument);
  SeriesRequest no_shard = UpRequest();
  no_shard.shard_info = ShardInfo{.shard_index = 2, .total_shards = 2, .by = true, .labels = {}};
  CHECK(client.Series(Context::Background(), no_shard)->Next().status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("the tenant and warnings of a call arrive") {
  runtime::Loop loop;
  FakeStore store = ThreeSeries();
  store.set_hook([&](const Context& ctx, const SeriesRequest& request, SeriesSink* sink) {
    RETURN_IF_ERROR(store.Send(ctx, request, sink));
    return sink->Warning(ctx, "tenant is " + request.tenant);
  });
  TestServer server(&loop, &store);
  SeriesRequest request = UpRequest();
  request.tenant = "team-a";
  request.response_batch_size = 64;
  const auto stream = StoreClient(Dial(&loop, server.address())).Series(Context::Background(), request);
  CHECK(ReadLabels(*stream).size() == 3);
  CHECK(stream->warnings() == std::vector<std::string>{"tenant is team-a"});
}

TEST_CASE("a chunk whose bytes do not have the hash sent is data loss that names the endpoint") {
  runtime::Loop loop;
  FakeStore store(labels::Labels({{"replica", "a"}}));
  store.set_hook([](const Context& ctx, const SeriesRequest&, SeriesSink* sink) {
    const auto labels = Up("1", "a");
    std::string encoded;
    AppendLabels(&encoded, labels);
    WireChunkSlots slots;
    slots.Set(Aggregate::kRaw, {.encoding = 0, .data = "flipped", .hash = ChunkHash("original")});
    AppendChunk(&encoded, 1, 2, slots);
    return sink->Series(ctx, labels, encoded, 1);
  });
  TestServer server(&loop, &store);
  const auto series = StoreClient(Dial(&loop, server.address())).Series(Context::Background(), UpRequest())->Next();
  CHECK(series.status().code() == StatusCode::kDataLoss);
  CHECK(series.status().message().find(server.address()) == 0);
  CHECK(series.status().message().find("hash mismatch of chunk") != std::string::npos);
}

TEST_CASE("a query's memory budget refuses frames before they pile up") {
  runtime::Loop loop;
  FakeStore store = ThreeSeries();
  TestServer server(&loop, &store);
  MemoryAccount account("query", 100);
  const Context ctx = Context::Background().WithMemory(&account);
  const auto stream = StoreClient(Dial(&loop, server.address())).Series(ctx, UpRequest());
  const auto series = stream->Next();
  CHECK(series.status().code() == StatusCode::kResourceExhausted);
  CHECK(series.status().message().find("memory limit of query exceeded") == 0);
  CHECK(stream->query_failed());
  CHECK(account.used_bytes() == 0);
}

TEST_CASE("a store that sends series out of order is found out by the server") {
  runtime::Loop loop;
  FakeStore store(labels::Labels({{"replica", "a"}}));
  store.Add(Up("2", "a"), Ramp(0, 1, 1)).Add(Up("1", "a"), Ramp(0, 1, 1));
  TestServer server(&loop, &store);
  const auto stream = StoreClient(Dial(&loop, server.address())).Series(Context::Background(), UpRequest());
  auto series = stream->Next();
  while (series.ok() && series->has_value()) series = stream->Next();
  CHECK(series.status().code() == StatusCode::kInternal);
  CHECK(series.status().message().find("series out of order") != std::string::npos);
}

}  // namespace epi::storeapi
