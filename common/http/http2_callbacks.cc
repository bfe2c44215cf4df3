// nghttp2's callbacks: frames become events, bodies become frames.
#include <algorithm>
#include <utility>

#include "common/http/http2_session_impl.h"

namespace epi::http {
namespace {

using Impl = Http2Session::Impl;

// Frames larger than this gain nothing and delay other streams.
constexpr size_t kSendFrameBytesMax = size_t{64} << 10;
constexpr size_t kFrameHeaderBytes = 9;
// RFC 9113 §10.5.1: the cost of a field beyond its name and value.
constexpr size_t kFieldOverheadBytes = 32;
constexpr int kPingStrikesMax = 2;

Impl* Self(void* impl) { return static_cast<Impl*>(impl); }
std::string_view View(const uint8_t* bytes, size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

ssize_t OnSend(nghttp2_session*, const uint8_t* bytes, size_t size, int, void* impl) {
  const int sent = Self(impl)->SendBytes(View(bytes, size));
  return sent == 0 ? static_cast<ssize_t>(size) : sent;
}
int OnSendData(nghttp2_session*, nghttp2_frame* frame, const uint8_t* header, size_t size, nghttp2_data_source*, void* impl) {
  return Self(impl)->SendData(frame, header, size);
}
ssize_t OnReadLength(nghttp2_session*, uint8_t, int32_t, int32_t connection_window, int32_t stream_window,
                     uint32_t peer_frame_bytes_max, void*) {
  const auto window = static_cast<size_t>(std::max(0, std::min(connection_window, stream_window)));
  return static_cast<ssize_t>(std::min({window, size_t{peer_frame_bytes_max}, kSendFrameBytesMax}));
}
int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* impl) {
  Self(impl)->BeginHeaders(*frame);
  return 0;
}
int OnField(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size, const uint8_t* value,
            size_t value_size, uint8_t flags, void* impl) {
  Self(impl)->AddField(*frame, View(name, name_size), View(value, value_size), flags);
  return 0;
}
int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* impl) {
  Self(impl)->FrameReceived(*frame);
  return 0;
}
int OnData(nghttp2_session*, uint8_t, int32_t stream_id, const uint8_t* bytes, size_t size, void* impl) {
  Self(impl)->DataReceived(stream_id, View(bytes, size));
  return 0;
}
int OnStreamClose(nghttp2_session*, int32_t stream_id, uint32_t error, void* impl) {
  Self(impl)->CloseStream(stream_id, static_cast<Http2Error>(error));
  return 0;
}
// A request that will never leave: the peer said GOAWAY, or it was cancelled while it waited for a free stream.
int OnFrameNotSent(nghttp2_session*, const nghttp2_frame* frame, int, void* impl) {
  const bool request = frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  if (request) Self(impl)->CloseStream(frame->hd.stream_id, Http2Error::kRefusedStream);
  return 0;
}
// A GOAWAY with an error that Shutdown() did not ask for is nghttp2's verdict on the peer.
int OnFrameSent(nghttp2_session* session, const nghttp2_frame* frame, void* impl) {
  Impl* self = Self(impl);
  const bool moves_stream = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  if (moves_stream) self->ping_strikes = 0;
  // A server that answered before the request ended wants no more of it (RFC 9113 §8.1).
  if (moves_stream && self->role == Http2Role::kServer && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
      nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id) == 0) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
  }
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
    std::string reason(Http2ErrorName(static_cast<Http2Error>(frame->goaway.error_code)));
    if (!self->last_error.empty()) reason.append(": ").append(self->last_error);
    self->SetFault(std::move(reason));
  }
  return 0;
}
int OnError(nghttp2_session*, int, const char* message, size_t size, void* impl) {
  Self(impl)->last_error.assign(message, size);
  return 0;
}

}  // namespace

nghttp2_session_callbacks* Http2Session::Impl::MakeCallbacks() {
  nghttp2_session_callbacks* callbacks = nullptr;
  CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
  nghttp2_session_callbacks_set_send_callback(callbacks, OnSend);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, OnSendData);
  nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks, OnReadLength);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, OnField);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, http::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnStreamClose);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, OnFrameNotSent);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, OnFrameSent);
  nghttp2_session_callbacks_set_error_callback2(callbacks, OnError);
  return callbacks;
}

void Http2Session::Impl::BeginHeaders(const nghttp2_frame& frame) {
  if (frame.hd.type != NGHTTP2_HEADERS) return;
  if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    streams.emplace(frame.hd.stream_id, std::make_unique<Http2SessionStream>());
  }
  if (Http2SessionStream* stream = Find(frame.hd.stream_id)) {
    stream->fields.clear();
    stream->fields_bytes = 0;
  }
}

// Past the limit fields are counted but no longer kept; HeadersReceived() then resets the stream.
void Http2Session::Impl::AddField(const nghttp2_frame& frame, std::string_view name, std::string_view value, uint8_t flags) {
  Http2SessionStream* stream = Find(frame.hd.stream_id);
  if (stream == nullptr) return;
  stream->fields_bytes += name.size() + value.size() + kFieldOverheadBytes;
  if (stream->fields_bytes > options.header_list_bytes_max) return;
  stream->fields.push_back({std::string(name), std::string(value), (flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0});
}

void Http2Session::Impl::FrameReceived(const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS:
      ping_strikes = 0;
      HeadersReceived(frame);
      [[fallthrough]];
    case NGHTTP2_DATA:
      ping_strikes = 0;
      if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        Http2SessionStream* stream = Find(frame.hd.stream_id);
        if (stream != nullptr && stream->handler != nullptr) stream->handler->OnEnd();
      }
      break;
    case NGHTTP2_SETTINGS:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) == 0 && !std::exchange(ready, true)) observer->OnReady();
      break;
    case NGHTTP2_PING:
      PingReceived(frame);
      break;
    case NGHTTP2_GOAWAY:
      observer->OnGoaway(frame.goaway.last_stream_id, static_cast<Http2Error>(frame.goaway.error_code),
                         View(frame.goaway.opaque_data, frame.goaway.opaque_data_len));
      break;
    default:
      break;
  }
}

void Http2Session::Impl::HeadersReceived(const nghttp2_frame& frame) {
  const int32_t id = frame.hd.stream_id;
  Http2SessionStream* stream = Find(id);
  if (stream == nullptr) return;
  if (stream->fields_bytes > options.header_list_bytes_max) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_ENHANCE_YOUR_CALM);
    return;
  }
  HeaderFields fields = std::move(stream->fields);
  stream->fields.clear();
  if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    stream->handler = observer->OnStream(id, std::move(fields));
    if (stream->handler == nullptr) nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
  } else if (stream->handler == nullptr) {
    return;
  } else if (role == Http2Role::kServer || stream->answered) {
    stream->handler->OnTrailers(std::move(fields));
  } else if (!FieldValue(fields, ":status").starts_with('1')) {
    stream->answered = true;
    stream->handler->OnHeaders(std::move(fields));
  }
}

void Http2Session::Impl::PingReceived(const nghttp2_frame& frame) {
  if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0) {
    observer->OnPingAck();
    return;
  }
  if (role != Http2Role::kServer || options.ping_interval_min.count() == 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - std::exchange(last_ping, now) >= options.ping_interval_min) return;
  if (++ping_strikes > kPingStrikesMax) GoAway(Http2Error::kEnhanceYourCalm, "too_many_pings");
}

void Http2Session::Impl::DataReceived(int32_t stream_id, std::string_view bytes) {
  nghttp2_session_consume_connection(session, bytes.size());
  Http2SessionStream* stream = Find(stream_id);
  if (stream != nullptr && stream->handler != nullptr) stream->handler->OnData(bytes);
}

ssize_t Http2Session::Impl::ReadBody(int32_t stream_id, size_t bytes_max, uint32_t* flags) {
  Http2SessionStream* stream = Find(stream_id);
  if (stream == nullptr || stream->body == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const Http2Body::Available available = stream->body->Peek(bytes_max);
  if (available.bytes == 0 && !available.end) return NGHTTP2_ERR_DEFERRED;
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (!available.end) return static_cast<ssize_t>(available.bytes);
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  const HeaderFields trailers = stream->body->Trailers();
  if (trailers.empty()) return static_cast<ssize_t>(available.bytes);
  const std::vector<nghttp2_nv> nv = ToNghttp2(trailers);
  if (nghttp2_submit_trailer(session, stream_id, nv.data(), nv.size()) == 0) *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
  return static_cast<ssize_t>(available.bytes);
}

int Http2Session::Impl::SendBytes(std::string_view bytes) {
  if (out->size() >= out_bytes_max) {
    out_full = true;
    return NGHTTP2_ERR_WOULDBLOCK;
  }
  out->append(bytes);
  return 0;
}

int Http2Session::Impl::SendData(nghttp2_frame* frame, const uint8_t* frame_header, size_t bytes) {
  const int sent = SendBytes(View(frame_header, kFrameHeaderBytes));
  if (sent != 0) return sent;
  Http2SessionStream* stream = Find(frame->hd.stream_id);
  if (stream == nullptr || stream->body == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (bytes > 0) stream->body->Take(bytes, out);
  return 0;
}

}  // namespace epi::http
