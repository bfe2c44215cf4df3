// A store in memory behind a real gRPC server on loopback, for tests of client, server and proxy.
#pragma once

#include <algorithm>
#include <bit>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/server.h"
#include "common/runtime/loop.h"
#include "common/storeapi/store_server.h"
#include "common/storeapi/store_set.h"
#include "common/storeapi/wire_series.h"
#include "common/tsdb/chunk_cutter.h"
#include "tests/support/catch.h"

namespace epi::storeapi {

struct TestSample {
  int64_t t_ms = 0;
  double value = 0;
  // Bit by bit: a NaN equals itself.
  friend bool operator==(const TestSample& a, const TestSample& b) {
    return a.t_ms == b.t_ms && std::bit_cast<uint64_t>(a.value) == std::bit_cast<uint64_t>(b.value);
  }
};
using TestSamples = std::vector<TestSample>;

// `count` samples from first_ms on, step_ms apart, the i-th with value first_value + i.
inline TestSamples Ramp(int64_t first_ms, int64_t step_ms, int count, double first_value = 0) {
  TestSamples samples;
  for (int i = 0; i < count; ++i) samples.push_back({first_ms + step_ms * i, first_value + i});
  return samples;
}

inline WireChunkSlots RawSlot(std::string_view data) {
  WireChunkSlots slots;
  slots.Set(Aggregate::kRaw, {.encoding = static_cast<uint64_t>(WireEncoding::kXor), .data = data, .hash = 0});
  return slots;
}

inline std::vector<tsdb::EncodedChunk> EncodeFloats(const TestSamples& samples) {
  std::vector<tsdb::EncodedChunk> chunks;
  tsdb::ChunkCutter cutter({}, &chunks);
  for (const TestSample& sample : samples) cutter.Append(0, sample.t_ms, sample.value);
  cutter.Finish();
  return chunks;
}

class FakeStore : public StoreBackend {
 public:
  using Hook = std::function<Status(const Context& ctx, const SeriesRequest& request, SeriesSink* sink)>;

  explicit FakeStore(labels::Labels external) {
    info_.component_type = "sidecar";
    info_.label_sets = {external};
    info_.store = StoreInfo{.range = {0, INT64_MAX}, .supports_sharding = true, .supports_without_replica_labels = true, .tsdb_infos = {},
                            .supports_projections = false};
  }
  // Labels include the external ones. REQUIRES: added in label order.
  FakeStore& Add(labels::Labels labels, const TestSamples& samples) {
    series_.emplace_back(std::move(labels), EncodeFloats(samples));
    return *this;
  }
  epi::storeapi::Info& info() { return info_; }
  // Runs instead of the normal answer.
  void set_hook(Hook hook) { hook_ = std::move(hook); }
  void set_info_error(Status status) { info_error_ = std::move(status); }
  SeriesRequest last_request() const { return last_request_; }

  Status Series(const Context& ctx, const SeriesRequest& request, SeriesSink* sink) override {
    last_request_ = request;
    return hook_ ? hook_(ctx, request, sink) : Send(ctx, request, sink);
  }
  Status Send(const Context& ctx, const SeriesRequest& request, SeriesSink* sink) {
    for (const auto& [labels, chunks] : series_) {
      if (!labels::MatchesAll(request.matchers, labels)) continue;
      std::string encoded;
      AppendLabels(&encoded, labels);
      for (const tsdb::EncodedChunk& chunk : chunks) AppendChunk(&encoded, chunk.mint_ms, chunk.maxt_ms, RawSlot(chunk.data));
      RETURN_IF_ERROR(sink->Series(ctx, labels, encoded, chunks.size()));
    }
    return OkStatus();
  }
  Result<LabelsResponse> LabelNames(const Context& /*ctx*/, const LabelsRequest& request) override {
    return Strings(request, [](const labels::Labels& labels, std::vector<std::string>* out) {
      for (const labels::Label label : labels) out->emplace_back(label.name);
    });
  }
  Result<LabelsResponse> LabelValues(const Context& /*ctx*/, const LabelsRequest& request) override {
    return Strings(request, [&](const labels::Labels& labels, std::vector<std::string>* out) {
      if (labels.Has(request.label)) out->emplace_back(labels.Get(request.label));
    });
  }
  Result<epi::storeapi::Info> Info(const Context& /*ctx*/) override {
    if (!info_error_.ok()) return info_error_;
    return info_;
  }

 private:
  template <typename Collect>
  LabelsResponse Strings(const LabelsRequest& request, const Collect& collect) {
    LabelsResponse response;
    for (const auto& [labels, chunks] : series_) {
      if (labels::MatchesAll(request.matchers, labels)) collect(labels, &response.values);
    }
    std::sort(response.values.begin(), response.values.end());
    response.values.erase(std::unique(response.values.begin(), response.values.end()), response.values.end());
    return response;
  }

  std::vector<std::pair<labels::Labels, std::vector<tsdb::EncodedChunk>>> series_;
  epi::storeapi::Info info_;
  Status info_error_;
  Hook hook_;
  SeriesRequest last_request_;
};

// A server on a free port of loopback; ends with its scope.
class TestServer {
 public:
  TestServer(runtime::Loop* loop, StoreBackend* backend, StoreServerOptions options = {})
      : store_(backend, options), server_(std::make_unique<rpc::Server>(loop, rpc::ServerOptions{})) {
    store_.Register(server_.get());
    Listen();
  }
  // Serves what `add` registers.
  TestServer(runtime::Loop* loop, const std::function<void(rpc::Server*)>& add)
      : store_(nullptr, {}), server_(std::make_unique<rpc::Server>(loop, rpc::ServerOptions{})) {
    add(server_.get());
    Listen();
  }

  const std::string& address() const { return address_; }
  // Ends calls in flight and closes the port.
  void Kill() {
    server_->Shutdown(std::chrono::milliseconds(0));
    server_.reset();
  }

 private:
  void Listen() {
    REQUIRE(server_->Listen({.address = "127.0.0.1:0"}).ok());
    address_ = "127.0.0.1:" + std::to_string(server_->port());
  }
  StoreServer store_;
  std::unique_ptr<rpc::Server> server_;
  std::string address_;
};

inline std::shared_ptr<rpc::Channel> Dial(runtime::Loop* loop, const std::string& address) {
  auto channel = ChannelFactory(loop, {})(EndpointSpec{.address = address});
  REQUIRE(channel.ok());
  return *channel;
}

inline labels::Matchers NameIs(const std::string& name) { return {labels::Matcher::Equal("__name__", name)}; }

}  // namespace epi::storeapi
