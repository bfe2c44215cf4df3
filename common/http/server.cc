#include "common/http/server.h"

#include "common/http/server_core.h"

namespace epi::http {

Result<std::unique_ptr<Server>> Server::Start(runtime::Loop* loop, ServerOptions options, const Router* router) {
  ListenOptions listen;
  listen.address = options.address;
  listen.tls = options.tls;
  listen.connections_max = options.connections_max;
  const auto core = std::make_shared<ServerCore>(loop, std::move(options), router);
  auto listener = TRY(Listener::Listen(loop, listen, [core](auto transport) { core->OnTransport(std::move(transport)); }));
  return std::unique_ptr<Server>(new Server(core, std::move(listener)));
}

Server::Server(std::shared_ptr<ServerCore> core, std::unique_ptr<Listener> listener)
    : core_(std::move(core)), listener_(std::move(listener)) {}

Server::~Server() { Shutdown(std::chrono::milliseconds(0)); }

void Server::Shutdown(std::chrono::milliseconds grace) {
  const auto deadline = std::chrono::steady_clock::now() + grace;
  core_->loop()->RunSync([&] {
    listener_->Close();
    core_->DrainAll(grace);
  });
  if (!core_->WaitUntilEmpty(deadline)) {
    core_->loop()->RunSync([&] { core_->KillAll(); });
  }
  core_->StopHandlers();
}

uint16_t Server::port() const { return listener_->port(); }
const std::string& Server::address() const { return listener_->address(); }
size_t Server::open_connections() const { return listener_->open_connections(); }

}  // namespace epi::http
