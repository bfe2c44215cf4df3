// Endpoints, a set and a proxy over them, for tests; and endpoints that misbehave.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/storeapi/proxy_querier.h"
#include "tests/unit/storeapi/fake_store.h"

namespace epi::storeapi {

class ProxyFixture {
 public:
  // `addresses` are checked once, so that they are healthy or not before the test goes on.
  ProxyFixture(runtime::Loop* loop, const std::vector<std::string>& addresses, ProxyOptions options = {}, bool strict = false)
      : set_({.make_channel = ChannelFactory(loop, {}), .info_timeout = std::chrono::milliseconds(2000)}), proxy_(&set_, std::move(options)) {
    std::vector<EndpointSpec> specs;
    for (const std::string& address : addresses) specs.push_back({.address = address, .strict = strict});
    CHECK(set_.SetEndpoints(specs).ok());
    set_.CheckNow(Context::Background());
  }
  StoreSet& set() { return set_; }
  Proxy& proxy() { return proxy_; }

 private:
  StoreSet set_;
  Proxy proxy_;
};

// What a select gave.
struct Answer {
  Status status;
  std::vector<std::pair<std::string, TestSamples>> series;
  std::vector<std::string> warnings;
};

inline Result<TestSamples> ReadSamples(const series::Series& series) {
  TestSamples samples;
  const auto cursor = TRY(series.Samples());
  for (;;) {
    const series::SampleBatch* batch = TRY(cursor->Next());
    if (batch == nullptr) return samples;
    for (size_t i = 0; i < batch->size(); ++i) samples.push_back({batch->times_ms[i], batch->values[i]});
  }
}

inline Status ReadInto(series::SeriesSet& set, Answer* answer) {
  for (;;) {
    const auto series = TRY(set.Next());
    if (series == nullptr) break;
    answer->series.emplace_back(series->labels().ToSeriesString(), TRY(ReadSamples(*series)));
  }
  answer->warnings = set.Warnings();
  return OkStatus();
}

inline Answer SelectAll(const ProxyQuerier& querier, const Context& ctx, series::SelectRequest request) {
  Answer answer;
  const auto set = querier.Select(ctx, request);
  answer.status = set.ok() ? ReadInto(**set, &answer) : set.status();
  return answer;
}

inline series::SelectRequest Selecting(const std::string& name, int64_t mint_ms = 0, int64_t maxt_ms = 3600000) {
  series::SelectRequest request;
  request.mint_ms = mint_ms;
  request.maxt_ms = maxt_ms;
  request.matchers = NameIs(name);
  return request;
}

// A TCP server on loopback that says `reply` to whoever sends something; nothing when it is empty.
class RawServer {
 public:
  explicit RawServer(std::string reply) : reply_(std::move(reply)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(any);
    auto* address = reinterpret_cast<sockaddr*>(&any);
    REQUIRE(bind(listener_, address, size) == 0);
    REQUIRE(listen(listener_, 16) == 0);
    REQUIRE(getsockname(listener_, address, &size) == 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(any.sin_port));
    thread_ = std::thread([this] { Serve(); });
  }
  ~RawServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    for (const int fd : open_) close(fd);
  }
  const std::string& address() const { return address_; }

 private:
  void Serve() {
    for (;;) {
      const int fd = accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      open_.push_back(fd);
      char buffer[4096];
      if (reply_.empty() || read(fd, buffer, sizeof(buffer)) <= 0) continue;
      if (write(fd, reply_.data(), reply_.size()) < 0) continue;
      shutdown(fd, SHUT_WR);
    }
  }
  const std::string reply_;
  const int listener_;
  std::string address_;
  std::vector<int> open_;
  std::thread thread_;
};

}  // namespace epi::storeapi
