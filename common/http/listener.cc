#include <uv.h>

#include <atomic>

#include "common/base/str_cat.h"
#include "common/http/address.h"
#include "common/http/tcp_transport.h"

namespace epi::http {
namespace {

class UvListener final : public Listener {
 public:
  UvListener(runtime::Loop* loop, ListenOptions options, OnConnection on_connection)
      : state_(std::make_shared<State>(loop, std::move(options), std::move(on_connection))) {}
  ~UvListener() override {
    state_->loop->RunSync([this] { Close(); });
  }

  // Loop thread. Takes over the socket.
  Status Start(int fd);
  void Close() override;
  uint16_t port() const override { return port_; }
  const std::string& address() const override { return address_; }
  size_t open_connections() const override { return state_->open; }
  uint64_t rejected() const override { return state_->rejected; }

 private:
  // Outlives the listener while connections of it are open.
  struct State {
    State(runtime::Loop* l, ListenOptions o, OnConnection c)
        : loop(l), options(std::move(o)), on_connection(std::move(c)) {}
    runtime::Loop* const loop;
    const ListenOptions options;
    OnConnection on_connection;
    std::atomic<size_t> open{0};
    std::atomic<uint64_t> rejected{0};
  };
  struct Handle {
    uv_tcp_t uv;
    std::shared_ptr<State> state;
  };
  static void AcceptOne(Handle* handle);

  const std::shared_ptr<State> state_;
  Handle* handle_ = nullptr;  // freed by its close callback
  uint16_t port_ = 0;
  std::string address_;
};

void UvListener::AcceptOne(Handle* handle) {
  const std::shared_ptr<State> state = handle->state;
  const auto transport = TcpTransport::Make(state->loop);
  ++state->open;
  if (!transport->Accept(reinterpret_cast<uv_stream_t*>(&handle->uv), [state] { --state->open; }).ok()) return;
  if (state->open > state->options.connections_max) {
    ++state->rejected;
    transport->Close();
    return;
  }
  const std::weak_ptr<TcpTransport> weak = transport;
  transport->Begin(state->options.tls.get(), "", state->options.tls_handshake_timeout, [state, weak](const Status& status) {
    if (!status.ok()) return;  // The peer's trouble: it sees the alert.
    if (state->on_connection) {
      state->on_connection(weak.lock());
    } else {
      weak.lock()->Close();
    }
  });
}

Status UvListener::Start(int fd) {
  handle_ = new Handle{{}, state_};
  CHECK(uv_tcp_init(state_->loop->uv(), &handle_->uv) == 0);
  handle_->uv.data = handle_;
  int error = uv_tcp_open(&handle_->uv, fd);
  if (error == 0) {
    error = uv_listen(reinterpret_cast<uv_stream_t*>(&handle_->uv), kListenBacklog, [](uv_stream_t* stream, int status) {
      if (status == 0) AcceptOne(static_cast<Handle*>(stream->data));
    });
  }
  if (error != 0) {
    Close();
    return UvError(error).WithContext(StrCat("listen on ", state_->options.address));
  }
  sockaddr_storage storage;
  int size = sizeof(storage);
  uv_tcp_getsockname(&handle_->uv, reinterpret_cast<sockaddr*>(&storage), &size);
  address_ = AddressText(reinterpret_cast<sockaddr*>(&storage));
  const auto bound = SplitHostPort(address_);
  if (bound.ok()) port_ = bound.value().port;
  return OkStatus();
}

void UvListener::Close() {
  if (handle_ == nullptr) return;
  state_->on_connection = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&std::exchange(handle_, nullptr)->uv),
           [](uv_handle_t* handle) { delete static_cast<Handle*>(handle->data); });
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::Listen(runtime::Loop* loop, ListenOptions options,
                                                   OnConnection on_connection) {
  const HostPort where = TRY(SplitHostPort(options.address));
  const int fd = TRY(BindListenSocket(where, kListenBacklog));
  auto listener = std::make_unique<UvListener>(loop, std::move(options), std::move(on_connection));
  Status status;
  loop->RunSync([&] { status = listener->Start(fd); });
  if (!status.ok()) return status;
  return std::unique_ptr<Listener>(std::move(listener));
}

}  // namespace epi::http
