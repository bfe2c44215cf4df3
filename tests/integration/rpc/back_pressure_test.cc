// Slow readers and writers: memory stays bounded on both sides, streams of one connection do not hold each other up.
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "common/base/str_cat.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/runtime/loop.h"
#include "tests/support/catch.h"

namespace epi::rpc::test {
namespace {

constexpr size_t kMessageBytes = 61'000;
constexpr size_t kTotalBytes = size_t{1} << 30;
constexpr size_t kMiB = size_t{1} << 20;

// A sanitizer keeps freed memory on purpose: then only the counters bound what is in flight.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kResidentGrowthMax = SIZE_MAX / 2;
#else
constexpr size_t kResidentGrowthMax = 24 * kMiB;
#endif

size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  size_t pages = 0;
  statm >> pages >> pages;
  return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

// Sends or counts messages; `sent` lets a test watch how far a writer has come.
struct Fixture {
  Fixture() {
    server.RegisterStream("/test.Flow/Down", CallType::kServerStream, [this](const Context& ctx, ServerStream& call) -> Status {
      TRY(call.Read(ctx));
      for (size_t total = 0; total < kTotalBytes; total += kMessageBytes) {
        RETURN_IF_ERROR(call.Write(ctx, std::string(kMessageBytes, 'd')));
        sent += kMessageBytes;
      }
      return OkStatus();
    });
    server.RegisterStream("/test.Flow/Up", CallType::kClientStream, [this](const Context& ctx, ServerStream& call) -> Status {
      while (const auto message = TRY(call.Read(ctx))) {
        received += message->size();
        while (hold && !ctx.Done()) std::this_thread::yield();
      }
      return call.Write(ctx, StrCat(received.load()));
    });
    server.RegisterUnary("/test.Flow/Ping", [](const Context&, ServerStream&, std::string request) -> Result<std::string> { return request; });
    REQUIRE(server.Listen({.address = "127.0.0.1:0"}).ok());
    channel = Channel::Make(&loop, {.host = "127.0.0.1", .port = server.port()});
  }
  std::atomic<size_t> sent{0};
  std::atomic<size_t> received{0};
  std::atomic<bool> hold{false};
  runtime::Loop loop;
  Server server{&loop, {}};
  std::shared_ptr<Channel> channel;
};

// Waits until the counter stands still although other calls still go through.
void WaitForStandstill(Fixture* fixture, const std::atomic<size_t>& counter) {
  for (size_t before = SIZE_MAX; before != counter.load();) {
    before = counter.load();
    for (int i = 0; i < 300; ++i) REQUIRE(fixture->channel->Call(Context::Background(), "/test.Flow/Ping", "p").ok());
  }
}

TEST_CASE("a stream of 1 GiB to a slow reader is held back at a few MiB, and then arrives whole") {
  Fixture fixture;
  const Context ctx = Context::Background().WithTimeout(std::chrono::minutes(5));
  REQUIRE(fixture.channel->Call(ctx, "/test.Flow/Ping", "warm").ok());
  const size_t before = ResidentBytes();
  const auto stream = fixture.channel->Open(ctx, "/test.Flow/Down");
  REQUIRE(stream->Write(ctx, "go").ok());
  stream->CloseSend();
  REQUIRE(stream->Read(ctx).ok());
  WaitForStandstill(&fixture, fixture.sent);
  CHECK(fixture.sent < 8 * kMiB);
  size_t total = kMessageBytes;
  size_t peak = 0;
  while (true) {
    const auto message = stream->Read(ctx);
    REQUIRE(message.ok());
    if (!message->has_value()) break;
    total += (*message)->size();
    if (total / kMessageBytes % 1000 == 0) peak = std::max(peak, ResidentBytes());
  }
  CHECK(total >= kTotalBytes);
  CHECK(peak < before + kResidentGrowthMax);
}

TEST_CASE("a stream of 1 GiB to a slow handler holds its sender back, and then arrives whole") {
  Fixture fixture;
  fixture.hold = true;
  const Context ctx = Context::Background().WithTimeout(std::chrono::minutes(5));
  REQUIRE(fixture.channel->Call(ctx, "/test.Flow/Ping", "warm").ok());
  const size_t before = ResidentBytes();
  const auto stream = fixture.channel->Open(ctx, "/test.Flow/Up", CallType::kClientStream);
  std::atomic<size_t> sent{0};
  std::atomic<size_t> peak{0};
  std::thread writer([&] {
    while (sent < kTotalBytes && stream->Write(ctx, std::string(kMessageBytes, 'u')).ok()) {
      sent += kMessageBytes;
      if (sent / kMessageBytes % 1000 == 0) peak = std::max(peak.load(), ResidentBytes());
    }
    stream->CloseSend();
  });
  WaitForStandstill(&fixture, sent);
  CHECK(sent < 8 * kMiB);
  fixture.hold = false;
  writer.join();
  const auto reply = stream->Read(ctx);
  REQUIRE(reply.ok());
  CHECK(reply->value_or("") == StrCat(sent.load()));
  CHECK(peak < before + kResidentGrowthMax);
}

TEST_CASE("many unread streams of one connection leave room for another") {
  Fixture fixture;
  const Context ctx = Context::Background().WithTimeout(std::chrono::minutes(5));
  std::vector<std::unique_ptr<ClientStream>> unread;
  for (int i = 0; i < 30; ++i) {
    unread.push_back(fixture.channel->Open(ctx, "/test.Flow/Down"));
    REQUIRE(unread.back()->Write(ctx, "go").ok());
    unread.back()->CloseSend();
  }
  WaitForStandstill(&fixture, fixture.sent);
  CHECK(fixture.channel->Call(ctx, "/test.Flow/Ping", std::string(300'000, 'p')).value().size() == 300'000);
  unread.clear();
  fixture.server.Shutdown(std::chrono::seconds(30));
  CHECK(fixture.server.calls_in_flight() == 0);
}

TEST_CASE("a server's end cancels what runs and tells the client") {
  auto fixture = std::make_unique<Fixture>();
  const auto stream = fixture->channel->Open(Context::Background(), "/test.Flow/Down");
  REQUIRE(stream->Write(Context::Background(), "go").ok());
  REQUIRE(stream->Read(Context::Background()).ok());
  fixture->server.Shutdown(std::chrono::milliseconds(10));
  Status status;
  while (status.ok()) status = stream->Read(Context::Background()).status();
  CHECK((status.code() == StatusCode::kCancelled || status.code() == StatusCode::kUnavailable));
}

TEST_CASE("snappy goes both ways between our client and our server") {
  Fixture fixture;
  const std::string text(500'000, 's');
  const auto reply = fixture.channel->Call(Context::Background(), "/test.Flow/Ping", text, {.codec = Codec::kSnappy});
  REQUIRE(reply.ok());
  CHECK((*reply == text));
}

}  // namespace
}  // namespace epi::rpc::test
