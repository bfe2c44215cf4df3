// gRPC streams and unary calls: our client and server against libgrpc++'s with raw ByteBuffers, all four pairings, in one run.
//
// For each pairing and message size: MB/s, and CPU milliseconds per MB of client and server together (both run in this
// process). Prints the ratio of libgrpc++'s CPU to ours at the end.
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/sync_stream.h>
#undef GUARDED_BY
#undef PT_GUARDED_BY
#undef EXCLUSIVE_LOCKS_REQUIRED
#undef LOCKS_EXCLUDED
#undef EXCLUSIVE_LOCK_FUNCTION
#undef UNLOCK_FUNCTION
#undef NO_THREAD_SAFETY_ANALYSIS
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "common/base/str_cat.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/runtime/loop.h"

namespace epi::rpc {
namespace {

using grpc::ByteBuffer;
using SteadyClock = std::chrono::steady_clock;

// A request names the size and number of replies: "625 1000".
struct Plan {
  size_t bytes = 0;
  size_t count = 0;
};
Plan ParsePlan(const std::string& text) {
  Plan plan;
  char* end = nullptr;
  plan.bytes = std::strtoull(text.c_str(), &end, 10);
  plan.count = std::strtoull(end, nullptr, 10);
  return plan;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string Flatten(const ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (!buffer.Dump(&slices).ok()) std::abort();
  for (const grpc::Slice& slice : slices) out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return out;
}
ByteBuffer ToBuffer(const std::string& text) {
  const grpc::Slice slice(text);
  return {&slice, 1};
}

// libgrpc++'s synchronous server with raw buffers, without generated code.
class RawService final : public grpc::Service {
 public:
  RawService() {
    AddMethod(new grpc::internal::RpcServiceMethod(
        "/bench.Raw/Stream", grpc::internal::RpcMethod::SERVER_STREAMING,
        new grpc::internal::ServerStreamingHandler<RawService, ByteBuffer, ByteBuffer>(
            [](RawService*, grpc::ServerContext*, const ByteBuffer* request, grpc::ServerWriter<ByteBuffer>* writer) {
              const Plan plan = ParsePlan(Flatten(*request));
              for (size_t i = 0; i < plan.count; ++i) writer->Write(ToBuffer(std::string(plan.bytes, 'x')));
              return grpc::Status::OK;
            },
            this)));
    AddMethod(new grpc::internal::RpcServiceMethod(
        "/bench.Raw/Unary", grpc::internal::RpcMethod::NORMAL_RPC,
        new grpc::internal::RpcMethodHandler<RawService, ByteBuffer, ByteBuffer>(
            [](RawService*, grpc::ServerContext*, const ByteBuffer* request, ByteBuffer* reply) {
              *reply = *request;
              return grpc::Status::OK;
            },
            this)));
  }
};

struct Servers {
  Servers() {
    ours.RegisterStream("/bench.Raw/Stream", CallType::kServerStream, [](const Context& ctx, ServerStream& call) -> Status {
      const std::optional<std::string> request = TRY(call.Read(ctx));
      const Plan plan = ParsePlan(request.value_or(""));
      for (size_t i = 0; i < plan.count; ++i) RETURN_IF_ERROR(call.Write(ctx, std::string(plan.bytes, 'x')));
      return OkStatus();
    });
    ours.RegisterUnary("/bench.Raw/Unary", [](const Context&, ServerStream&, std::string request) -> Result<std::string> { return request; });
    if (!ours.Listen({.address = "127.0.0.1:0"}).ok()) std::abort();
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &grpcpp_port);
    builder.RegisterService(&raw);
    grpcpp = builder.BuildAndStart();
  }
  runtime::Loop loop;
  Server ours{&loop, {}};
  RawService raw;
  int grpcpp_port = 0;
  std::unique_ptr<grpc::Server> grpcpp;
};

class BenchClient {
 public:
  virtual ~BenchClient() = default;
  // Bytes received.
  virtual size_t Stream(const std::string& plan) = 0;
  virtual void Unary(const std::string& request) = 0;
};

class OurClient final : public BenchClient {
 public:
  explicit OurClient(int port) : channel_(Channel::Make(&loop_, {.host = "127.0.0.1", .port = static_cast<uint16_t>(port)})) {}
  size_t Stream(const std::string& plan) override {
    const Context& ctx = Context::Background();
    const auto stream = channel_->Open(ctx, "/bench.Raw/Stream");
    if (!stream->Write(ctx, plan).ok()) std::abort();
    stream->CloseSend();
    size_t bytes = 0;
    while (true) {
      const auto message = stream->Read(ctx);
      if (!message.ok()) std::abort();
      if (!message->has_value()) return bytes;
      bytes += (*message)->size();
    }
  }
  void Unary(const std::string& request) override {
    if (!channel_->Call(Context::Background(), "/bench.Raw/Unary", request).ok()) std::abort();
  }

 private:
  runtime::Loop loop_;
  const std::shared_ptr<Channel> channel_;
};

class GrpcppClient final : public BenchClient {
 public:
  explicit GrpcppClient(int port)
      : channel_(grpc::CreateChannel(StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials())),
        stream_("/bench.Raw/Stream", grpc::internal::RpcMethod::SERVER_STREAMING, channel_),
        unary_("/bench.Raw/Unary", grpc::internal::RpcMethod::NORMAL_RPC, channel_) {}
  size_t Stream(const std::string& plan) override {
    grpc::ClientContext context;
    const std::unique_ptr<grpc::ClientReader<ByteBuffer>> reader(
        grpc::internal::ClientReaderFactory<ByteBuffer>::Create(channel_.get(), stream_, &context, ToBuffer(plan)));
    ByteBuffer message;
    size_t bytes = 0;
    while (reader->Read(&message)) bytes += Flatten(message).size();
    if (!reader->Finish().ok()) std::abort();
    return bytes;
  }
  void Unary(const std::string& request) override {
    grpc::ClientContext context;
    ByteBuffer reply;
    const grpc::Status status = grpc::internal::BlockingUnaryCall<ByteBuffer, ByteBuffer>(channel_.get(), unary_, &context, ToBuffer(request), &reply);
    if (!status.ok()) std::abort();
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const grpc::internal::RpcMethod stream_;
  const grpc::internal::RpcMethod unary_;
};

constexpr int kRounds = 5;
constexpr size_t kUnaryCalls = 2000;

// Best of kRounds: the machine may be shared.
struct Best {
  double mb_per_second = 0;
  double cpu_ms_per_mb = 1e9;
};
Best MeasureStream(BenchClient* client, size_t bytes, size_t count) {
  Best best;
  for (int round = 0; round < kRounds; ++round) {
    const double cpu = CpuSeconds();
    const auto start = SteadyClock::now();
    const double mb = static_cast<double>(client->Stream(StrCat(bytes, " ", count))) * 1e-6;
    const double seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
    best.mb_per_second = std::max(best.mb_per_second, mb / seconds);
    best.cpu_ms_per_mb = std::min(best.cpu_ms_per_mb, (CpuSeconds() - cpu) * 1e3 / mb);
  }
  return best;
}
std::pair<double, double> MeasureUnary(BenchClient* client) {
  std::pair<double, double> best{1e9, 1e9};
  const std::string request(100, 'u');
  for (int round = 0; round < kRounds; ++round) {
    const double cpu = CpuSeconds();
    const auto start = SteadyClock::now();
    for (size_t i = 0; i < kUnaryCalls; ++i) client->Unary(request);
    const double micros = std::chrono::duration<double, std::micro>(SteadyClock::now() - start).count();
    best.first = std::min(best.first, micros / kUnaryCalls);
    best.second = std::min(best.second, (CpuSeconds() - cpu) * 1e6 / kUnaryCalls);
  }
  return best;
}

void Run() {
  Servers servers;
  std::map<std::string, Best> results;
  const std::pair<size_t, size_t> sizes[] = {{625, 200'000}, {61'000, 8'000}};
  std::printf("%-20s %10s %10s %12s\n", "client → server", "bytes", "MB/s", "CPU ms/MB");
  for (const bool our_client : {true, false}) {
    for (const bool our_server : {true, false}) {
      const int port = our_server ? servers.ours.port() : servers.grpcpp_port;
      std::unique_ptr<BenchClient> client;
      if (our_client) {
        client = std::make_unique<OurClient>(port);
      } else {
        client = std::make_unique<GrpcppClient>(port);
      }
      const std::string name = StrCat(our_client ? "ours" : "grpc++", " → ", our_server ? "ours" : "grpc++");
      for (const auto& [bytes, count] : sizes) {
        const Best best = MeasureStream(client.get(), bytes, count);
        results[StrCat(name, " ", bytes)] = best;
        std::printf("%-22s %10zu %10.0f %12.3f\n", name.c_str(), bytes, best.mb_per_second, best.cpu_ms_per_mb);
      }
      const auto [micros, cpu_micros] = MeasureUnary(client.get());
      std::printf("%-22s %10s %7.1f µs/call, CPU %.1f µs\n", name.c_str(), "unary", micros, cpu_micros);
    }
  }
  for (const auto& [bytes, count] : sizes) {
    const Best& ours = results[StrCat("ours → ours ", bytes)];
    const Best& theirs = results[StrCat("grpc++ → grpc++ ", bytes)];
    std::printf("ratio at %zu bytes: CPU %.1fx less, MB/s %.1fx\n", bytes, theirs.cpu_ms_per_mb / ours.cpu_ms_per_mb,
                ours.mb_per_second / theirs.mb_per_second);
  }
}

}  // namespace
}  // namespace epi::rpc

int main() {
  epi::rpc::Run();
  return 0;
}
