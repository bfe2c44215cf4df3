// The Echo service on libgrpc++'s server, listening on a free port of 127.0.0.1.
#pragma once

#include "tests/integration/rpc/grpcpp.h"

#include <atomic>
#include <memory>
#include <string>

namespace epi::rpc::test {

class GrpcppEcho {
 public:
  explicit GrpcppEcho(std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials(), int port = 0);
  ~GrpcppEcho();

  uint16_t port() const { return static_cast<uint16_t>(port_); }
  // Calls that saw the client leave.
  int cancelled() const;
  void Shutdown();

 private:
  class Service;
  const std::unique_ptr<Service> service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace epi::rpc::test
