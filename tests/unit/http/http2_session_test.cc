#include "common/http/http2_session.h"

#include <algorithm>
#include <vector>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::http {
namespace {

// Remembers everything that happened on one stream, as text.
struct Recorder final : Http2StreamHandler {
  void OnHeaders(HeaderFields fields) override { StrAppend(&log, "headers ", FieldValue(fields, ":status"), ";"); }
  void OnData(std::string_view bytes) override { data.append(bytes); }
  void OnTrailers(HeaderFields fields) override { StrAppend(&log, "trailers ", FieldValue(fields, "grpc-status"), ";"); }
  void OnEnd() override { log += "end;"; }
  void OnClose(Http2Error error) override { StrAppend(&log, "close ", Http2ErrorName(error), ";"); }
  std::string log;
  std::string data;
};

struct Observer final : SessionObserver {
  std::shared_ptr<Http2StreamHandler> OnStream(int32_t stream_id, HeaderFields fields) override {
    if (refuse) return nullptr;
    last_id = stream_id;
    path = FieldValue(fields, ":path");
    recorders.push_back(std::make_shared<Recorder>());
    return recorders.back();
  }
  void OnReady() override { ready = true; }
  void OnGoaway(int32_t last, Http2Error error, std::string_view debug) override {
    goaway = StrCat(last, " ", Http2ErrorName(error), " ", debug);
  }
  void OnPingAck() override { ++ping_acks; }
  bool refuse = false;
  bool ready = false;
  int ping_acks = 0;
  int32_t last_id = 0;
  std::string path;
  std::string goaway;
  std::vector<std::shared_ptr<Recorder>> recorders;
};

// A body that is fed piece by piece.
struct FeedBody final : Http2Body {
  Available Peek(size_t bytes_max) override {
    const size_t bytes = std::min(bytes_max, bytes_left.size());
    return {.bytes = bytes, .end = end && bytes == bytes_left.size()};
  }
  void Take(size_t bytes, std::string* out) override {
    out->append(bytes_left, 0, bytes);
    bytes_left.erase(0, bytes);
  }
  HeaderFields Trailers() override { return trailers; }
  std::string bytes_left;
  bool end = false;
  HeaderFields trailers;
};

struct Pair {
  explicit Pair(Http2Options server_options = {}, Http2Options client_options = {})
      : server(Http2Role::kServer, server_options, &server_observer),
        client(Http2Role::kClient, client_options, &client_observer) {}
  // Carries bytes both ways until neither side has any.
  void Run() {
    for (bool moved = true; moved;) {
      moved = Move(&client, &server, &client_to_server) | Move(&server, &client, &server_to_client);
    }
  }
  static bool Move(Http2Session* from, Http2Session* to, size_t* moved) {
    std::string bytes;
    while (from->Produce(&bytes, 1 << 14)) {
    }
    *moved += bytes.size();
    to->Receive(bytes);
    return !bytes.empty();
  }
  int32_t Request(const std::string& path, std::shared_ptr<Recorder> recorder, std::shared_ptr<Http2Body> body = nullptr) {
    auto id = client.SubmitRequest({{":method", "POST"}, {":scheme", "http"}, {":authority", "a"}, {":path", path}},
                                   std::move(body), std::move(recorder));
    REQUIRE(id.ok());
    return id.value();
  }
  Observer server_observer;
  Observer client_observer;
  Http2Session server;
  Http2Session client;
  size_t client_to_server = 0;
  size_t server_to_client = 0;
};

const HeaderFields kOk = {{":status", "200"}};

TEST_CASE("HTTP/2 session carries a request with body and an answer with trailers") {
  Pair pair;
  auto recorder = std::make_shared<Recorder>();
  const int32_t id = pair.Request("/x", recorder, std::make_shared<Http2StringBody>("hello"));
  pair.Run();
  CHECK(pair.server_observer.ready);
  CHECK(pair.client_observer.ready);
  REQUIRE(pair.server_observer.recorders.size() == 1);
  const std::shared_ptr<Recorder> got = pair.server_observer.recorders[0];
  CHECK(pair.server_observer.path == "/x");
  CHECK(got->data == "hello");
  CHECK(got->log == "end;");
  auto body = std::make_shared<FeedBody>();
  body->bytes_left = "world";
  body->end = true;
  body->trailers = {{"grpc-status", "0"}};
  REQUIRE(pair.server.SubmitResponse(id, kOk, body).ok());
  pair.Run();
  CHECK(recorder->data == "world");
  CHECK(recorder->log == "headers 200;trailers 0;end;close NO_ERROR;");
  CHECK(got->log == "end;close NO_ERROR;");
  CHECK(pair.server.open_streams() == 0);
}

TEST_CASE("HTTP/2 session waits for a body that has nothing yet and resumes it") {
  Pair pair;
  auto recorder = std::make_shared<Recorder>();
  const int32_t id = pair.Request("/x", recorder);
  pair.Run();
  auto body = std::make_shared<FeedBody>();
  REQUIRE(pair.server.SubmitResponse(id, kOk, body).ok());
  pair.Run();
  CHECK(recorder->log == "headers 200;");
  body->bytes_left = "later";
  pair.Run();
  CHECK(recorder->data.empty());
  pair.server.ResumeBody(id);
  pair.Run();
  CHECK(recorder->data == "later");
  body->end = true;
  pair.server.ResumeBody(id);
  pair.Run();
  CHECK(recorder->log == "headers 200;end;close NO_ERROR;");
}

TEST_CASE("HTTP/2 session sends no more than the unread window of a stream, and its neighbour still flows") {
  Http2Options client_options;
  client_options.stream_window_bytes = 100'000;
  client_options.connection_window_bytes = 150'000;
  Pair pair({}, client_options);
  auto unread = std::make_shared<Recorder>();
  const int32_t id = pair.Request("/unread", unread);
  pair.Run();
  REQUIRE(pair.server.SubmitResponse(id, kOk, std::make_shared<Http2StringBody>(std::string(1'000'000, 'a'))).ok());
  pair.Run();
  CHECK(unread->data.size() == 100'000);
  auto neighbour = std::make_shared<Recorder>();
  const int32_t second = pair.Request("/neighbour", neighbour);
  pair.Run();
  REQUIRE(pair.server.SubmitResponse(second, kOk, std::make_shared<Http2StringBody>(std::string(90'000, 'b'))).ok());
  pair.Run();
  CHECK(neighbour->data.size() == 90'000);
  pair.client.Consume(id, 60'000);
  pair.Run();
  CHECK(unread->data.size() == 160'000);
}

TEST_CASE("HTTP/2 session closes a stream on both sides after a reset") {
  Pair pair;
  auto recorder = std::make_shared<Recorder>();
  const int32_t id = pair.Request("/x", recorder, std::make_shared<FeedBody>());
  pair.Run();
  pair.client.Reset(id, Http2Error::kCancel);
  pair.Run();
  CHECK(recorder->log == "close CANCEL;");
  CHECK(pair.server_observer.recorders[0]->log == "close CANCEL;");
  CHECK_FALSE(pair.server.SubmitResponse(id, kOk, nullptr).ok());
}

TEST_CASE("HTTP/2 session refuses a stream that nobody takes") {
  Pair pair;
  pair.server_observer.refuse = true;
  auto recorder = std::make_shared<Recorder>();
  pair.Request("/x", recorder);
  pair.Run();
  CHECK(recorder->log == "close REFUSED_STREAM;");
}

TEST_CASE("HTTP/2 session resets a stream whose header list is too large, and lives on") {
  Pair pair;
  auto large = std::make_shared<Recorder>();
  pair.Request("/" + std::string(20'000, 'p'), large);
  pair.Run();
  CHECK(large->log == "close ENHANCE_YOUR_CALM;");
  pair.Request("/small", std::make_shared<Recorder>());
  pair.Run();
  CHECK(pair.server_observer.path == "/small");
}

TEST_CASE("HTTP/2 session finishes open streams after GOAWAY and takes no new ones") {
  Pair pair;
  auto recorder = std::make_shared<Recorder>();
  const int32_t id = pair.Request("/x", recorder);
  pair.Run();
  pair.server.Shutdown();
  pair.Run();
  CHECK(pair.client_observer.goaway == "1 NO_ERROR ");
  CHECK_FALSE(pair.server.finished());
  auto late = std::make_shared<Recorder>();
  const auto refused = pair.client.SubmitRequest(
      {{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}}, nullptr, late);
  pair.Run();
  CHECK((!refused.ok() || late->log == "close REFUSED_STREAM;"));
  REQUIRE(pair.server.SubmitResponse(id, kOk, nullptr).ok());
  pair.Run();
  CHECK(recorder->log == "headers 200;end;close NO_ERROR;");
  CHECK(pair.server.finished());
  CHECK(pair.server.fault().ok());
}

TEST_CASE("HTTP/2 session queues requests beyond the peer's stream limit") {
  Http2Options server_options;
  server_options.concurrent_streams_max = 1;
  Pair pair(server_options);
  pair.Run();
  const int32_t first = pair.Request("/1", std::make_shared<Recorder>());
  auto cancelled = std::make_shared<Recorder>();
  const int32_t second = pair.Request("/2", cancelled);
  pair.Request("/3", std::make_shared<Recorder>());
  pair.Run();
  CHECK(pair.server_observer.path == "/1");
  pair.client.Reset(second, Http2Error::kCancel);
  pair.Run();
  REQUIRE(pair.server.SubmitResponse(first, kOk, nullptr).ok());
  pair.Run();
  CHECK(pair.server_observer.path == "/3");
  CHECK(cancelled->log.starts_with("close "));
}

TEST_CASE("HTTP/2 session answers pings, and ends a connection that floods them") {
  Pair pair;
  pair.client.Ping();
  pair.Run();
  CHECK(pair.client_observer.ping_acks == 1);
  for (int i = 0; i < 4; ++i) pair.client.Ping();
  pair.Run();
  CHECK(pair.client_observer.goaway == "0 ENHANCE_YOUR_CALM too_many_pings");
  CHECK(pair.server.finished());
  CHECK(pair.server.fault().ToString() == "Unavailable: connection ended with ENHANCE_YOUR_CALM: too_many_pings");
}

TEST_CASE("HTTP/2 session ends a connection that opens and resets streams without end") {
  Pair pair;
  pair.Run();
  for (int i = 0; i < 3000 && !pair.server.finished(); ++i) {
    const int32_t id = pair.Request("/x", std::make_shared<Recorder>(), std::make_shared<FeedBody>());
    pair.Run();
    pair.client.Reset(id, Http2Error::kCancel);
    pair.Run();
  }
  CHECK(pair.server.finished());
  CHECK_FALSE(pair.server.fault().ok());
}

TEST_CASE("HTTP/2 client says what a peer speaks that is not HTTP/2") {
  const auto fault = [](std::string_view bytes) {
    Observer observer;
    Http2Session client(Http2Role::kClient, {}, &observer);
    client.Receive(bytes);
    std::string out;
    client.Produce(&out, 1 << 20);
    CHECK(client.finished());
    return client.fault().ToString();
  };
  CHECK(fault("HTTP/1.1 400 Bad Request\r\n") == "Unavailable: peer speaks HTTP/1.x, not HTTP/2");
  CHECK(fault("\x15\x03\x01") == "Unavailable: peer expects TLS, the connection is plaintext");
  CHECK(fault("SSH-2.0-OpenSSH") == "Unavailable: peer does not speak HTTP/2");
}

TEST_CASE("HTTP/2 server rejects a wrong preface and a frame that is too large") {
  const auto run = [](std::string_view bytes) {
    Observer observer;
    Http2Session server(Http2Role::kServer, {}, &observer);
    server.Receive(bytes);
    std::string out;
    server.Produce(&out, 1 << 20);
    CHECK(server.finished());
    return server.fault().ToString();
  };
  CHECK(run("GET / HTTP/1.1\r\n\r\n") == "Unavailable: peer does not speak HTTP/2");
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const std::string settings("\0\0\0\4\0\0\0\0\0", 9);
  const std::string large_data("\x7f\0\0\0\0\0\0\0\1", 9);
  CHECK(run(preface + settings + large_data) == "Unavailable: FRAME_SIZE_ERROR");
}

TEST_CASE("HTTP/2 session closes its streams when it is closed") {
  Pair pair;
  auto recorder = std::make_shared<Recorder>();
  pair.Request("/x", recorder);
  pair.Run();
  pair.client.Close(Http2Error::kCancel);
  CHECK(recorder->log == "close CANCEL;");
  CHECK_FALSE(pair.client.SubmitRequest(kOk, nullptr, recorder).ok());
}

}  // namespace
}  // namespace epi::http
