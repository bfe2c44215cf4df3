#include <uv.h>

#include <cstring>
#include <vector>

#include "common/base/str_cat.h"
#include "common/http/address.h"
#include "common/http/tcp_transport.h"

namespace epi::http {
namespace {

using Callback = std::function<void(Result<std::shared_ptr<Transport>>)>;

// One attempt to reach a host. Kept alive by its own callbacks until done_.
class DialState : public std::enable_shared_from_this<DialState> {
 public:
  DialState(runtime::Loop* loop, DialOptions options, Callback callback)
      : loop_(loop), options_(std::move(options)), callback_(std::move(callback)) {}

  void Start() {
    timer_ = std::make_unique<runtime::Timer>(loop_);
    timer_->Start(options_.timeout, [this] { Finish(DeadlineExceededError("timed out")); });
    if (!AddNumericHost()) {
      Resolve();
      return;
    }
    loop_->Post([self = shared_from_this()] { self->ConnectNext(OkStatus()); });
  }
  void Cancel() {
    callback_ = nullptr;
    Finish(CancelledError("cancelled"));
  }

 private:
  struct Lookup {
    uv_getaddrinfo_t uv;
    std::shared_ptr<DialState> state;
  };

  bool AddNumericHost() {
    sockaddr_storage storage{};
    const char* host = options_.host.c_str();
    if (uv_ip4_addr(host, options_.port, reinterpret_cast<sockaddr_in*>(&storage)) != 0 &&
        uv_ip6_addr(host, options_.port, reinterpret_cast<sockaddr_in6*>(&storage)) != 0) {
      return false;
    }
    addresses_.push_back(storage);
    return true;
  }

  void Resolve() {
    auto* lookup = new Lookup{{}, shared_from_this()};
    lookup->uv.data = lookup;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    const int error = uv_getaddrinfo(
        loop_->uv(), &lookup->uv,
        [](uv_getaddrinfo_t* uv, int result, addrinfo* list) {
          const std::unique_ptr<Lookup> owned(static_cast<Lookup*>(uv->data));
          owned->state->OnResolved(result, list);
          uv_freeaddrinfo(list);
        },
        options_.host.c_str(), StrCat(options_.port).c_str(), &hints);
    if (error == 0) return;
    delete lookup;
    loop_->Post([self = shared_from_this(), error] { self->Finish(UvError(error)); });
  }

  void OnResolved(int result, const addrinfo* list) {
    if (done_) return;
    if (result != 0) {
      Finish(UvError(result));
      return;
    }
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
      sockaddr_storage storage{};
      std::memcpy(&storage, one->ai_addr, std::min(sizeof(storage), size_t{one->ai_addrlen}));
      addresses_.push_back(storage);
    }
    ConnectNext(UnavailableError("no address"));
  }

  // `last` is what went wrong with the address before this one.
  void ConnectNext(Status last) {
    while (!done_) {
      if (next_ == addresses_.size()) {
        Finish(std::move(last));
        return;
      }
      const auto* address = reinterpret_cast<const sockaddr*>(&addresses_[next_++]);
      transport_ = TcpTransport::Make(loop_);
      last = transport_->Connect(address, [self = shared_from_this()](const Status& s) { self->OnConnected(s); });
      if (last.ok()) return;
    }
  }

  void OnConnected(const Status& status) {
    if (done_) return;
    if (!status.ok()) {
      ConnectNext(status);
      return;
    }
    const std::string& name = options_.server_name.empty() ? options_.host : options_.server_name;
    transport_->Begin(options_.tls.get(), name, options_.timeout,
                      [self = shared_from_this()](const Status& s) { self->OnUsable(s); });
  }

  void OnUsable(const Status& status) {
    if (done_) return;
    if (!status.ok()) {
      ConnectNext(status);
      return;
    }
    Succeed();
  }

  void Succeed() {
    done_ = true;
    timer_.reset();
    const Callback callback = std::exchange(callback_, nullptr);
    callback(std::shared_ptr<Transport>(std::exchange(transport_, nullptr)));
  }

  void Finish(Status status) {
    if (done_) return;
    done_ = true;
    const auto alive = shared_from_this();
    timer_.reset();
    if (transport_ != nullptr) std::exchange(transport_, nullptr)->Close();
    const Callback callback = std::exchange(callback_, nullptr);
    if (callback) callback(status.WithContext(StrCat("dial ", JoinHostPort(options_.host, options_.port))));
  }

  runtime::Loop* const loop_;
  const DialOptions options_;
  Callback callback_;
  std::unique_ptr<runtime::Timer> timer_;
  std::vector<sockaddr_storage> addresses_;
  size_t next_ = 0;
  std::shared_ptr<TcpTransport> transport_;
  bool done_ = false;
};

class UvDialing final : public Dialing {
 public:
  explicit UvDialing(std::shared_ptr<DialState> state) : state_(std::move(state)) {}
  ~UvDialing() override { state_->Cancel(); }

 private:
  const std::shared_ptr<DialState> state_;
};

}  // namespace

std::unique_ptr<Dialing> Dial(runtime::Loop* loop, DialOptions options,
                              std::function<void(Result<std::shared_ptr<Transport>>)> callback) {
  const auto state = std::make_shared<DialState>(loop, std::move(options), std::move(callback));
  state->Start();
  return std::make_unique<UvDialing>(state);
}

}  // namespace epi::http
