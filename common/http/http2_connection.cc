#include "common/http/http2_connection.h"

#include <algorithm>
#include <utility>

#include "common/base/str_cat.h"

namespace epi::http {
namespace {

using std::chrono::steady_clock;

constexpr size_t kBatchBytes = size_t{512} << 10;
// A batch ends with the frame that crosses kBatchBytes.
constexpr size_t kBatchBytesMax = kBatchBytes + (size_t{65} << 10);
constexpr int kWritesInFlightMax = 2;

steady_clock::time_point After(steady_clock::time_point start, std::chrono::milliseconds delay) {
  return delay.count() == 0 ? steady_clock::time_point::max() : start + delay;
}

}  // namespace

Http2Connection::Http2Connection(runtime::Loop* loop, std::shared_ptr<Transport> transport, Http2Role role,
                                 const Http2ConnectionOptions& options, std::shared_ptr<Http2ConnectionObserver> observer)
    : loop_(loop),
      role_(role),
      options_(options),
      transport_(std::move(transport)),
      observer_(std::move(observer)),
      session_(role, options.session, this),
      timer_(std::make_unique<runtime::Timer>(loop)),
      started_(steady_clock::now()),
      last_received_(started_),
      last_busy_(started_) {}

Http2Connection::~Http2Connection() = default;

std::shared_ptr<Http2Connection> Http2Connection::Start(runtime::Loop* loop, std::shared_ptr<Transport> transport,
                                                        Http2Role role, const Http2ConnectionOptions& options,
                                                        std::shared_ptr<Http2ConnectionObserver> observer,
                                                        std::string_view received) {
  std::shared_ptr<Http2Connection> self(
      new Http2Connection(loop, std::move(transport), role, options, std::move(observer)));
  self->self_ = self;
  self->transport_->SetHandler(self.get());
  if (!received.empty()) self->OnBytes(received);
  self->Flush();
  self->OnTimer();
  return self;
}

void Http2Connection::Post(std::function<void()> task) {
  loop_->Post([self = shared_from_this(), task = std::move(task)] { task(); });
}

void Http2Connection::OnBytes(std::string_view bytes) {
  const std::shared_ptr<Http2Connection> keep = shared_from_this();
  last_received_ = steady_clock::now();
  receiving_ = true;
  session_.Receive(bytes);
  receiving_ = false;
  if (session_.open_streams() > 0) last_busy_ = last_received_;
  Flush();
}

void Http2Connection::OnClosed(const Status& why) { Finish(session_.fault().ok() ? why : session_.fault()); }

std::shared_ptr<Http2StreamHandler> Http2Connection::OnStream(int32_t stream_id, HeaderFields fields) {
  return observer_->OnStream(shared_from_this(), stream_id, std::move(fields));
}

void Http2Connection::OnReady() { observer_->OnReady(); }

void Http2Connection::OnGoaway(int32_t /*last_stream_id*/, Http2Error error, std::string_view debug) {
  observer_->OnGoaway(error, debug);
}

void Http2Connection::Flush() {
  if (receiving_ || pumping_ || closed_) return;
  const std::shared_ptr<Http2Connection> keep = shared_from_this();
  pumping_ = true;
  Pump();
  pumping_ = false;
  if (closed_ || !session_.finished() || writes_in_flight_ == kWritesInFlightMax) return;
  transport_->CloseAfterFlush();
  Finish(session_.fault());
}

void Http2Connection::Pump() {
  while (writes_in_flight_ < kWritesInFlightMax) {
    std::string batch;
    if (large_batches_) batch.reserve(kBatchBytesMax);
    session_.Produce(&batch, kBatchBytes);
    large_batches_ = batch.size() > kBatchBytes / 4;
    if (batch.empty()) return;
    ++writes_in_flight_;
    transport_->Write(std::move(batch), [weak = weak_from_this()](const Status& /*written*/) {
      const std::shared_ptr<Http2Connection> self = weak.lock();
      if (self == nullptr) return;
      --self->writes_in_flight_;
      self->Flush();
    });
  }
}

void Http2Connection::ShutdownGracefully(std::chrono::milliseconds grace) {
  if (closed_) return;
  shutdown_deadline_ = std::min(shutdown_deadline_, steady_clock::now() + grace);
  if (!std::exchange(shutting_down_, true)) session_.Shutdown();
  Flush();
  if (!closed_) OnTimer();
}

void Http2Connection::Close(const Status& why) {
  if (closed_) return;
  transport_->Close();
  Finish(why);
}

void Http2Connection::Finish(const Status& why) {
  if (std::exchange(closed_, true)) return;
  why_closed_ = why;
  const std::shared_ptr<Http2Connection> keep = std::move(self_);
  timer_.reset();
  transport_->SetHandler(nullptr);
  session_.Close(Http2Error::kCancel);
  observer_->OnClosed(why);
}

void Http2Connection::OnTimer() {
  const std::shared_ptr<Http2Connection> keep = shared_from_this();
  const TimePoint now = steady_clock::now();
  if (now >= shutdown_deadline_) Close(UnavailableError("connection shut down"));
  if (!closed_ && !session_.ready() && now >= started_ + options_.ready_timeout) {
    Close(UnavailableError("peer did not start HTTP/2 in time"));
  }
  if (!closed_) CheckKeepalive(now);
  if (!closed_ && role_ == Http2Role::kServer) CheckAge(now);
  if (closed_) return;
  const TimePoint next = NextDeadline();
  if (next == TimePoint::max()) return;
  const auto delay = std::chrono::ceil<std::chrono::milliseconds>(next - now);
  timer_->Start(std::max(delay, std::chrono::milliseconds(1)), [this] { OnTimer(); });
}

void Http2Connection::CheckKeepalive(TimePoint now) {
  if (options_.keepalive_interval.count() == 0) return;
  const bool waiting = ping_sent_ > last_received_;
  if (waiting && now >= ping_sent_ + options_.keepalive_timeout) {
    Close(UnavailableError(StrCat("keepalive: no answer for ", options_.keepalive_timeout.count(), " ms")));
  } else if (!waiting && now >= last_received_ + options_.keepalive_interval) {
    ping_sent_ = now;
    session_.Ping();
    Flush();
  }
}

void Http2Connection::CheckAge(TimePoint now) {
  if (session_.open_streams() > 0) last_busy_ = now;
  if (shutting_down_) return;
  if (now >= After(started_, options_.age_max)) {
    ShutdownGracefully(options_.age_grace);
  } else if (now >= After(last_busy_, options_.idle_max)) {
    ShutdownGracefully(options_.keepalive_timeout);
  }
}

Http2Connection::TimePoint Http2Connection::NextDeadline() const {
  TimePoint next = shutdown_deadline_;
  if (!session_.ready()) next = std::min(next, started_ + options_.ready_timeout);
  if (options_.keepalive_interval.count() > 0) {
    const bool waiting = ping_sent_ > last_received_;
    next = std::min(next, waiting ? ping_sent_ + options_.keepalive_timeout : last_received_ + options_.keepalive_interval);
  }
  if (role_ == Http2Role::kServer && !shutting_down_) {
    next = std::min({next, After(started_, options_.age_max), After(last_busy_, options_.idle_max)});
  }
  return next;
}

}  // namespace epi::http
