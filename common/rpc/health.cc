#include "common/rpc/health.h"

#include <utility>

#include "common/base/str_cat.h"
#include "common/rpc/proto_fields.h"
#include "common/runtime/context_wait.h"

namespace epi::rpc {
namespace {

constexpr int kWatchesMax = 16;

// message HealthCheckRequest { string service = 1; }
Result<std::string> ServiceOf(const std::string& request) {
  std::string service;
  ProtoFields fields(request);
  while (fields.Next()) {
    if (fields.number() == 1) service = fields.bytes();
  }
  if (!fields.ok()) return InvalidArgumentError("broken HealthCheckRequest");
  return service;
}

// message HealthCheckResponse { ServingStatus status = 1; }
std::string Response(HealthStatus status) {
  std::string out;
  AppendProtoVarint(1, static_cast<uint64_t>(status), &out);
  return out;
}

}  // namespace

void Health::Register(Server* server) {
  server->RegisterUnary(
      "/grpc.health.v1.Health/Check",
      [this](const Context&, ServerStream&, const std::string& request) { return Check(request); }, Lane::kControl);
  server->RegisterStream("/grpc.health.v1.Health/Watch", CallType::kServerStream,
                         [this](const Context& ctx, ServerStream& call) { return Watch(ctx, call); });
}

void Health::Set(std::string service, HealthStatus status) {
  MutexLock lock(&mutex_);
  services_[std::move(service)] = status;
  changed_.NotifyAll();
}

void Health::SetAll(HealthStatus status) {
  MutexLock lock(&mutex_);
  for (auto& [service, current] : services_) current = status;
  changed_.NotifyAll();
}

HealthStatus Health::Find(const std::string& service) const {
  const auto found = services_.find(service);
  return found == services_.end() ? HealthStatus::kServiceUnknown : found->second;
}

Result<std::string> Health::Check(const std::string& request) {
  const std::string service = TRY(ServiceOf(request));
  MutexLock lock(&mutex_);
  const HealthStatus status = Find(service);
  if (status == HealthStatus::kServiceUnknown) return NotFoundError(StrCat("unknown service ", service));
  return Response(status);
}

Status Health::Watch(const Context& ctx, ServerStream& call) {
  const std::optional<std::string> request = TRY(call.Read(ctx));
  const std::string service = TRY(ServiceOf(request.value_or("")));
  {
    MutexLock lock(&mutex_);
    if (watches_ >= kWatchesMax) return ResourceExhaustedError("too many health watches");
    ++watches_;
  }
  std::optional<HealthStatus> sent;
  Status status;
  while (status.ok()) {
    {
      runtime::ContextWaiter waiter(ctx, &mutex_, &changed_);
      MutexLock lock(&mutex_);
      while (status.ok() && sent == Find(service)) status = waiter.Wait();
      if (status.ok()) sent = Find(service);
    }
    if (status.ok()) status = call.Write(ctx, Response(*sent));
  }
  MutexLock lock(&mutex_);
  --watches_;
  return status;
}

}  // namespace epi::rpc
