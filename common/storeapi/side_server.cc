#include "common/storeapi/side_server.h"

#include <optional>
#include <string>
#include <utility>

#include "common/storeapi/side_methods.h"
#include "common/storeapi/wire_side.h"

namespace epi::storeapi {
namespace {

template <typename Item>
Status SendAll(const Context& ctx, const std::vector<Item>& items, rpc::ServerStream& call) {
  for (const Item& item : items) RETURN_IF_ERROR(call.Write(ctx, SerializeResponse(item)));
  return OkStatus();
}
template <typename Item>
Status SendAll(const Context& ctx, const Item& item, rpc::ServerStream& call) {
  return call.Write(ctx, SerializeResponse(item));
}

// A method that reads one request, asks the backend, and sends the data and the warnings.
template <typename Request, typename Answer>
void Register(rpc::Server* server, std::string_view method, const SideBackend* backend,
              Result<SideAnswer<Answer>> (SideBackend::*ask)(const Context&, const Request&) const) {
  server->RegisterStream(std::string(method), rpc::CallType::kServerStream,
                         [backend, ask](const Context& ctx, rpc::ServerStream& call) -> Status {
                           const std::optional<std::string> message = TRY(call.Read(ctx));
                           Request request;
                           RETURN_IF_ERROR(ParseRequest(message.value_or(""), &request));
                           const SideAnswer<Answer> answer = TRY((backend->*ask)(ctx, request));
                           RETURN_IF_ERROR(SendAll(ctx, answer.data, call));
                           for (const std::string& warning : answer.warnings) {
                             RETURN_IF_ERROR(call.Write(ctx, SerializeWarning(warning)));
                           }
                           return OkStatus();
                         });
}

}  // namespace

void RegisterSideApis(const SideBackend* backend, rpc::Server* server) {
  Register(server, kRulesMethod, backend, &SideBackend::Rules);
  Register(server, kTargetsMethod, backend, &SideBackend::Targets);
  Register(server, kMetadataMethod, backend, &SideBackend::Metadata);
  Register(server, kExemplarsMethod, backend, &SideBackend::Exemplars);
}

}  // namespace epi::storeapi
