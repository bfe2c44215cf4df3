// The inside of Http2Session: nghttp2's session, the streams, and the callbacks between them. For http2_*.cc only.
#pragma once

#include <nghttp2/nghttp2.h>

#include <chrono>
#include <memory>
#include <unordered_map>
#include <vector>

#include "common/http/http2_session.h"

namespace epi::http {

// The pointers live as long as `fields`; nghttp2 copies what it queues.
std::vector<nghttp2_nv> ToNghttp2(const HeaderFields& fields);

struct Http2SessionStream {
  std::shared_ptr<Http2StreamHandler> handler;
  std::shared_ptr<Http2Body> body;
  // Of the header block that is arriving.
  HeaderFields fields;
  size_t fields_bytes = 0;
  // A client has seen the final response; what follows are trailers.
  bool answered = false;
};

struct Http2Session::Impl {
  Impl(Http2Role role, const Http2Options& options, SessionObserver* observer);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static nghttp2_session_callbacks* MakeCallbacks();

  Http2SessionStream* Find(int32_t stream_id);
  void SubmitSettings();
  void CheckFirstByte(char first);
  void SetFault(std::string reason);
  void CloseStream(int32_t stream_id, Http2Error error);
  void CloseAll(Http2Error error);
  void GoAway(Http2Error error, std::string_view debug);

  // Called back by nghttp2.
  void BeginHeaders(const nghttp2_frame& frame);
  void AddField(const nghttp2_frame& frame, std::string_view name, std::string_view value, uint8_t flags);
  void FrameReceived(const nghttp2_frame& frame);
  void HeadersReceived(const nghttp2_frame& frame);
  void PingReceived(const nghttp2_frame& frame);
  void DataReceived(int32_t stream_id, std::string_view bytes);
  ssize_t ReadBody(int32_t stream_id, size_t bytes_max, uint32_t* flags);
  int SendBytes(std::string_view bytes);
  int SendData(nghttp2_frame* frame, const uint8_t* frame_header, size_t bytes);

  const Http2Role role;
  const Http2Options options;
  SessionObserver* const observer;
  nghttp2_session* session = nullptr;
  std::unordered_map<int32_t, std::unique_ptr<Http2SessionStream>> streams;

  // Where Produce() wants its bytes, while it runs.
  std::string* out = nullptr;
  size_t out_bytes_max = 0;
  bool out_full = false;

  bool received_any = false;
  bool ready = false;
  // We sent or met an error that ends the connection at once.
  bool broken = false;
  Status fault;
  std::string last_error;
  std::chrono::steady_clock::time_point last_ping{};
  int ping_strikes = 0;
};

}  // namespace epi::http
