// HTTP/2 sessions of both roles fed by a stranger: after the preface, any bytes in any pieces; handlers act on what comes.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/http/http2_session.h"

namespace {

using namespace epi::http;

// Answers, consumes and resets, as its stream id says.
class Handler final : public Http2StreamHandler {
 public:
  Handler(Http2Session* session, int32_t id) : session_(session), id_(id) {}
  void OnData(std::string_view bytes) override {
    CHECK(!closed_);
    if (id_ % 3 != 0) session_->Consume(id_, bytes.size());
    if (id_ % 7 == 0) session_->Reset(id_, Http2Error::kCancel);
  }
  void OnTrailers(HeaderFields /*fields*/) override { CHECK(!closed_); }
  void OnEnd() override { CHECK(!closed_); }
  void OnClose(Http2Error /*error*/) override {
    CHECK(!closed_);
    closed_ = true;
  }

 private:
  Http2Session* const session_;
  const int32_t id_;
  bool closed_ = false;
};

class Observer final : public SessionObserver {
 public:
  std::shared_ptr<Http2StreamHandler> OnStream(int32_t stream_id, HeaderFields fields) override {
    if (stream_id % 5 == 0) return nullptr;
    const bool empty = FieldValue(fields, ":path").size() % 2 == 0;
    const auto submitted = session->SubmitResponse(stream_id, {{":status", "200"}},
                                                   empty ? nullptr : std::make_shared<Http2StringBody>(std::string(100'000, 'b')));
    (void)submitted.ok();
    return std::make_shared<Handler>(session, stream_id);
  }
  Http2Session* session = nullptr;
};

void Run(Http2Role role, std::string_view bytes, size_t piece) {
  Observer observer;
  Http2Session session(role, {}, &observer);
  observer.session = &session;
  if (role == Http2Role::kServer) {
    session.Receive("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    session.Receive(std::string_view("\0\0\0\4\0\0\0\0\0", 9));
  } else {
    for (int32_t id : {1, 3, 5}) {
      const auto opened = session.SubmitRequest({{":method", "POST"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}},
                                                std::make_shared<Http2StringBody>("body"), std::make_shared<Handler>(&session, id));
      CHECK(opened.ok());
    }
  }
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    session.Receive(bytes.substr(at, piece));
    out.clear();
    session.Produce(&out, size_t{1} << 20);
    CHECK(out.size() < (size_t{2} << 20));
    if (session.finished()) break;
  }
  session.Close(Http2Error::kCancel);
  CHECK(session.open_streams() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const size_t piece = data[0] % 64 + 1;
  Run(Http2Role::kServer, bytes, piece);
  Run(Http2Role::kClient, bytes, piece);
  return 0;
}
