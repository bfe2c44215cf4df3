#include "tests/integration/rpc/grpcpp_echo.h"

#include <thread>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::rpc::test {

using epi::test::Echo;
using epi::test::EchoReply;
using epi::test::EchoRequest;

class GrpcppEcho::Service final : public Echo::Service {
 public:
  grpc::Status Unary(grpc::ServerContext* context, const EchoRequest* request, EchoReply* reply) override {
    EchoMetadata(context);
    if (request->hang()) return Hang(context);
    FillReply(*request, reply);
    return Outcome(*request);
  }
  grpc::Status ServerStream(grpc::ServerContext* context, const EchoRequest* request, grpc::ServerWriter<EchoReply>* writer) override {
    EchoMetadata(context);
    EchoReply reply;
    FillReply(*request, &reply);
    for (int64_t i = 0; i < request->replies(); ++i) {
      if (!writer->Write(reply)) break;
    }
    if (request->hang()) return Hang(context);
    return Outcome(*request);
  }
  grpc::Status ClientStream(grpc::ServerContext* /*context*/, grpc::ServerReader<EchoRequest>* reader, EchoReply* reply) override {
    EchoRequest request;
    while (reader->Read(&request)) {
      if (request.fail_code() != 0) return Outcome(request);
      reply->set_requests(reply->requests() + 1);
      reply->set_request_bytes(reply->request_bytes() + static_cast<int64_t>(request.payload().size()));
    }
    return grpc::Status::OK;
  }
  grpc::Status Bidi(grpc::ServerContext* context, grpc::ServerReaderWriter<EchoReply, EchoRequest>* stream) override {
    EchoMetadata(context);
    EchoRequest request;
    while (stream->Read(&request)) {
      EchoReply reply;
      FillReply(request, &reply);
      if (!stream->Write(reply)) break;
    }
    return grpc::Status::OK;
  }
  std::atomic<int> cancelled{0};

 private:
  static void EchoMetadata(grpc::ServerContext* context) {
    for (const auto& [key, value] : context->client_metadata()) {
      const std::string name(key.data(), key.size());
      const std::string text(value.data(), value.size());
      if (name.starts_with("echo-")) context->AddInitialMetadata(name, text);
      if (name.starts_with("trail-")) context->AddTrailingMetadata(name, text);
    }
  }
  static void FillReply(const EchoRequest& request, EchoReply* reply) {
    reply->set_payload(request.reply_bytes() == 0 ? request.payload()
                                                  : std::string(static_cast<size_t>(request.reply_bytes()), 'r'));
  }
  static grpc::Status Outcome(const EchoRequest& request) {
    return {static_cast<grpc::StatusCode>(request.fail_code()), request.fail_message()};
  }
  grpc::Status Hang(grpc::ServerContext* context) {
    while (!context->IsCancelled()) std::this_thread::yield();
    ++cancelled;
    return grpc::Status::CANCELLED;
  }
};

GrpcppEcho::GrpcppEcho(std::shared_ptr<grpc::ServerCredentials> credentials, int port) : service_(std::make_unique<Service>()) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(-1);
  builder.AddListeningPort(StrCat("127.0.0.1:", port), std::move(credentials), &port_);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  REQUIRE(server_ != nullptr);
  REQUIRE(port_ > 0);
}

GrpcppEcho::~GrpcppEcho() { Shutdown(); }

void GrpcppEcho::Shutdown() { server_->Shutdown(std::chrono::system_clock::now()); }

int GrpcppEcho::cancelled() const { return service_->cancelled.load(); }

}  // namespace epi::rpc::test
