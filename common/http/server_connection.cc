#include "common/http/server_connection.h"

namespace epi::http {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class Sniffer final : public ServerConnection, public Transport::Handler, public std::enable_shared_from_this<Sniffer> {
 public:
  Sniffer(std::shared_ptr<ServerCore> core, std::shared_ptr<Transport> transport)
      : core_(std::move(core)), transport_(std::move(transport)), timer_(core_->loop()) {}

  void Start() {
    core_->Add(shared_from_this());
    timer_.Start(core_->options().head_timeout, [this] { Kill(); });
    transport_->SetHandler(this);
  }
  void OnBytes(std::string_view bytes) override {
    received_ += bytes;
    const size_t seen = std::min(received_.size(), kPreface.size());
    const bool may_be_http2 = core_->options().http2 && received_.compare(0, seen, kPreface, 0, seen) == 0;
    if (may_be_http2 && seen < kPreface.size()) return;
    const auto alive = shared_from_this();
    timer_.Stop();
    // The new owner adds itself first: a connection is never off the list while it is open.
    if (may_be_http2) {
      StartHttp2ServerConnection(core_, transport_, received_);
    } else {
      StartHttp1Connection(core_, transport_, received_);
    }
    core_->Remove(alive);
  }
  void OnClosed(const Status&) override { core_->Remove(shared_from_this()); }
  void Drain(std::chrono::milliseconds) override { Kill(); }
  void Kill() override {
    const auto alive = shared_from_this();
    transport_->Close();
    core_->Remove(alive);
  }

 private:
  const std::shared_ptr<ServerCore> core_;
  const std::shared_ptr<Transport> transport_;
  runtime::Timer timer_;
  std::string received_;
};

}  // namespace

void StartServerConnection(std::shared_ptr<ServerCore> core, std::shared_ptr<Transport> transport) {
  if (transport->alpn() == "h2") {
    StartHttp2ServerConnection(std::move(core), std::move(transport), {});
    return;
  }
  std::make_shared<Sniffer>(std::move(core), std::move(transport))->Start();
}

}  // namespace epi::http
