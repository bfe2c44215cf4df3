#include "common/http/http2_session.h"

#include <algorithm>
#include <utility>

#include "common/base/str_cat.h"
#include "common/http/http2_session_impl.h"

namespace epi::http {
namespace {

ssize_t ReadBodyCallback(nghttp2_session* /*session*/, int32_t stream_id, uint8_t* /*buffer*/, size_t bytes_max,
                         uint32_t* flags, nghttp2_data_source* /*source*/, void* impl) {
  return static_cast<Http2Session::Impl*>(impl)->ReadBody(stream_id, bytes_max, flags);
}

nghttp2_data_provider BodyProvider() {
  nghttp2_data_provider provider{};
  provider.read_callback = ReadBodyCallback;
  return provider;
}

}  // namespace

std::vector<nghttp2_nv> ToNghttp2(const HeaderFields& fields) {
  std::vector<nghttp2_nv> out;
  out.reserve(fields.size());
  for (const HeaderField& field : fields) {
    nghttp2_nv nv{};
    nv.name = const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(field.name.data()));
    nv.value = const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(field.value.data()));
    nv.namelen = field.name.size();
    nv.valuelen = field.value.size();
    nv.flags = field.sensitive ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
    out.push_back(nv);
  }
  return out;
}

Http2Session::Impl::Impl(Http2Role session_role, const Http2Options& session_options, SessionObserver* session_observer)
    : role(session_role), options(session_options), observer(session_observer) {
  nghttp2_session_callbacks* callbacks = MakeCallbacks();
  nghttp2_option* option = nullptr;
  CHECK(nghttp2_option_new(&option) == 0);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_option_set_stream_reset_rate_limit(option, options.stream_resets_burst, options.stream_resets_per_second);
  // Go's gRPC sends error messages as they are, also those that end with a space; such an answer is worth reading all the same.
  if (role == Http2Role::kClient) nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, 1);
  const int created = role == Http2Role::kServer ? nghttp2_session_server_new2(&session, callbacks, this, option)
                                                 : nghttp2_session_client_new2(&session, callbacks, this, option);
  CHECK(created == 0);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  SubmitSettings();
}

Http2Session::Impl::~Impl() {
  CloseAll(Http2Error::kCancel);
  nghttp2_session_del(session);
}

void Http2Session::Impl::SubmitSettings() {
  std::vector<nghttp2_settings_entry> settings = {
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.stream_window_bytes},
      {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, options.frame_bytes_max},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, options.header_list_bytes_max},
  };
  if (role == Http2Role::kServer) {
    settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.concurrent_streams_max});
  } else {
    settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  }
  CHECK(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0);
  const auto window = static_cast<int32_t>(options.connection_window_bytes);
  CHECK(nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, window) == 0);
}

Http2SessionStream* Http2Session::Impl::Find(int32_t stream_id) {
  const auto found = streams.find(stream_id);
  return found == streams.end() ? nullptr : found->second.get();
}

void Http2Session::Impl::SetFault(std::string reason) {
  if (fault.ok()) fault = UnavailableError(std::move(reason));
  broken = true;
}

// An HTTP/2 server's first frame is a short SETTINGS: its length starts with a zero byte.
void Http2Session::Impl::CheckFirstByte(char first) {
  constexpr char kTlsAlert = 0x15;
  if (first == 'H') {
    SetFault("peer speaks HTTP/1.x, not HTTP/2");
  } else if (first == kTlsAlert) {
    SetFault("peer expects TLS, the connection is plaintext");
  } else if (first != 0) {
    SetFault("peer does not speak HTTP/2");
  }
}

void Http2Session::Impl::CloseStream(int32_t stream_id, Http2Error error) {
  const auto found = streams.find(stream_id);
  if (found == streams.end()) return;
  const std::unique_ptr<Http2SessionStream> stream = std::move(found->second);
  streams.erase(found);
  if (stream->handler != nullptr) stream->handler->OnClose(error);
}

void Http2Session::Impl::CloseAll(Http2Error error) {
  while (!streams.empty()) CloseStream(streams.begin()->first, error);
}

void Http2Session::Impl::GoAway(Http2Error error, std::string_view debug) {
  const int32_t last = nghttp2_session_get_last_proc_stream_id(session);
  nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, last, static_cast<uint32_t>(error),
                        reinterpret_cast<const uint8_t*>(debug.data()), debug.size());
  if (error != Http2Error::kNoError) SetFault(StrCat("connection ended with ", Http2ErrorName(error), ": ", debug));
}

Http2Session::Http2Session(Http2Role role, const Http2Options& options, SessionObserver* observer)
    : impl_(std::make_unique<Impl>(role, options, observer)) {}

Http2Session::~Http2Session() = default;

void Http2Session::Receive(std::string_view bytes) {
  if (impl_->broken || bytes.empty()) return;
  if (!std::exchange(impl_->received_any, true) && impl_->role == Http2Role::kClient) {
    impl_->CheckFirstByte(bytes.front());
    if (impl_->broken) return;
  }
  const ssize_t used =
      nghttp2_session_mem_recv(impl_->session, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (used >= 0) return;
  const auto code = static_cast<int>(used);
  if (code == NGHTTP2_ERR_BAD_CLIENT_MAGIC) {
    impl_->SetFault("peer does not speak HTTP/2");
  } else {
    const std::string detail = impl_->last_error.empty() ? std::string(nghttp2_strerror(code)) : impl_->last_error;
    impl_->GoAway(code == NGHTTP2_ERR_FLOODED ? Http2Error::kEnhanceYourCalm : Http2Error::kProtocolError, detail);
  }
}

bool Http2Session::Produce(std::string* out, size_t bytes_max) {
  impl_->out = out;
  impl_->out_bytes_max = out->size() + bytes_max;
  impl_->out_full = false;
  const int sent = nghttp2_session_send(impl_->session);
  impl_->out = nullptr;
  if (sent != 0 && sent != NGHTTP2_ERR_WOULDBLOCK) impl_->SetFault(StrCat("HTTP/2: ", nghttp2_strerror(sent)));
  return impl_->out_full;
}

bool Http2Session::finished() const {
  if (nghttp2_session_want_write(impl_->session) != 0) return false;
  return impl_->broken || nghttp2_session_want_read(impl_->session) == 0;
}

Status Http2Session::fault() const { return impl_->fault; }

void Http2Session::Close(Http2Error error) {
  impl_->broken = true;
  impl_->CloseAll(error);
}

Result<int32_t> Http2Session::SubmitRequest(const HeaderFields& fields, std::shared_ptr<Http2Body> body,
                                            std::shared_ptr<Http2StreamHandler> handler) {
  if (impl_->broken) return UnavailableError("HTTP/2: connection is closed");
  const std::vector<nghttp2_nv> nv = ToNghttp2(fields);
  const nghttp2_data_provider provider = BodyProvider();
  const int32_t stream_id = nghttp2_submit_request(impl_->session, nullptr, nv.data(), nv.size(),
                                                   body == nullptr ? nullptr : &provider, nullptr);
  if (stream_id < 0) return UnavailableError(StrCat("HTTP/2: open stream: ", nghttp2_strerror(stream_id)));
  auto stream = std::make_unique<Http2SessionStream>();
  stream->body = std::move(body);
  stream->handler = std::move(handler);
  impl_->streams.emplace(stream_id, std::move(stream));
  return stream_id;
}

Status Http2Session::SubmitResponse(int32_t stream_id, const HeaderFields& fields, std::shared_ptr<Http2Body> body) {
  Http2SessionStream* stream = impl_->Find(stream_id);
  if (stream == nullptr || impl_->broken) return CancelledError("HTTP/2: stream is closed");
  const std::vector<nghttp2_nv> nv = ToNghttp2(fields);
  const nghttp2_data_provider provider = BodyProvider();
  stream->body = std::move(body);
  const int submitted = nghttp2_submit_response(impl_->session, stream_id, nv.data(), nv.size(),
                                                stream->body == nullptr ? nullptr : &provider);
  if (submitted != 0) return InternalError(StrCat("HTTP/2: submit response: ", nghttp2_strerror(submitted)));
  return OkStatus();
}

void Http2Session::ResumeBody(int32_t stream_id) {
  if (impl_->Find(stream_id) != nullptr) nghttp2_session_resume_data(impl_->session, stream_id);
}

void Http2Session::Consume(int32_t stream_id, size_t bytes) {
  if (impl_->Find(stream_id) != nullptr) nghttp2_session_consume_stream(impl_->session, stream_id, bytes);
}

void Http2Session::Reset(int32_t stream_id, Http2Error error) {
  if (impl_->Find(stream_id) == nullptr) return;
  nghttp2_submit_rst_stream(impl_->session, NGHTTP2_FLAG_NONE, stream_id, static_cast<uint32_t>(error));
}

void Http2Session::Ping() { nghttp2_submit_ping(impl_->session, NGHTTP2_FLAG_NONE, nullptr); }

void Http2Session::Shutdown(Http2Error error, std::string_view debug) { impl_->GoAway(error, debug); }

size_t Http2Session::open_streams() const { return impl_->streams.size(); }

uint32_t Http2Session::stream_window_bytes() const { return impl_->options.stream_window_bytes; }

bool Http2Session::ready() const { return impl_->ready; }

size_t Http2Session::send_window_bytes(int32_t stream_id) const {
  const int32_t stream = nghttp2_session_get_stream_remote_window_size(impl_->session, stream_id);
  const int32_t connection = nghttp2_session_get_remote_window_size(impl_->session);
  return static_cast<size_t>(std::max(0, std::min(stream, connection)));
}

}  // namespace epi::http
