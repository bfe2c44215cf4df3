#include "common/storeapi/store_server.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "common/storeapi/store_client.h"

namespace epi::storeapi {
namespace {

std::string Tenant(const rpc::ServerStream& call) {
  for (const auto& field : call.metadata()) {
    if (field.name == kTenantKey) return std::string(field.value);
  }
  return {};
}

void ApplyLimit(int64_t limit, std::vector<std::string>* values) {
  if (limit > 0 && values->size() > static_cast<size_t>(limit)) values->resize(static_cast<size_t>(limit));
}

}  // namespace

void StoreServer::Register(rpc::Server* server) {
  server->RegisterStream(std::string(kSeriesMethod), rpc::CallType::kServerStream,
                         [this](const Context& ctx, rpc::ServerStream& call) { return Series(ctx, call); });
  server->RegisterUnary(std::string(kLabelNamesMethod), [this](const Context& ctx, rpc::ServerStream& call, std::string message) {
    return LabelNames(ctx, call, message);
  });
  server->RegisterUnary(std::string(kLabelValuesMethod), [this](const Context& ctx, rpc::ServerStream& call, std::string message) {
    return LabelValues(ctx, call, message);
  });
  server->RegisterUnary(
      std::string(kInfoMethod),
      [this](const Context& ctx, rpc::ServerStream&, const std::string&) -> Result<std::string> {
        epi::storeapi::Info info = TRY(backend_->Info(ctx));
        if (info.clock_ms == 0) info.clock_ms = Clock::System().NowMs();
        return SerializeInfo(info);
      },
      rpc::Lane::kControl);
}

Status StoreServer::Series(const Context& call_ctx, rpc::ServerStream& call) {
  MemoryAccount account("Series call", options_.call_memory_bytes_max, options_.memory);
  const Context ctx = call_ctx.WithMemory(&account);
  const std::optional<std::string> message = TRY(call.Read(ctx));
  if (!message.has_value()) return InvalidArgumentError("Series call without a request");
  SeriesRequest request = TRY(ParseSeriesRequest(*message));
  request.tenant = Tenant(call);
  if (request.matchers.empty()) return InvalidArgumentError("no matchers specified");
  RETURN_IF_ERROR(ShardMatcher(request.shard_info).Check());
  ResponseSink sink(ctx, request, options_.limits,
                    [&call](const Context& write_ctx, std::string frame) { return call.Write(write_ctx, std::move(frame)); });
  RETURN_IF_ERROR(backend_->Series(ctx, request, &sink));
  return sink.Finish(ctx);
}

Result<std::string> StoreServer::LabelNames(const Context& ctx, rpc::ServerStream& call, std::string_view message) {
  LabelsRequest request = TRY(ParseLabelNamesRequest(message));
  request.tenant = Tenant(call);
  LabelsResponse response = TRY(backend_->LabelNames(ctx, request));
  std::erase_if(response.values, [&](const std::string& name) {
    const auto& without = request.without_replica_labels;
    return std::find(without.begin(), without.end(), name) != without.end();
  });
  ApplyLimit(request.limit, &response.values);
  return Serialize(response);
}

Result<std::string> StoreServer::LabelValues(const Context& ctx, rpc::ServerStream& call, std::string_view message) {
  LabelsRequest request = TRY(ParseLabelValuesRequest(message));
  request.tenant = Tenant(call);
  if (request.label.empty()) return InvalidArgumentError("label name parameter cannot be empty");
  const auto& without = request.without_replica_labels;
  // A label that is to be taken off has no values.
  if (std::find(without.begin(), without.end(), request.label) != without.end()) return Serialize(LabelsResponse());
  LabelsResponse response = TRY(backend_->LabelValues(ctx, request));
  ApplyLimit(request.limit, &response.values);
  return Serialize(response);
}

}  // namespace epi::storeapi
