#include "common/storeapi/side_proxy.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "common/base/memory_account.h"
#include "common/base/str_cat.h"
#include "common/rpc/channel.h"
#include "common/storeapi/side_methods.h"
#include "common/storeapi/wire_side.h"

namespace epi::storeapi {
namespace {

// The call to one endpoint while it runs.
struct RunningCall {
  std::shared_ptr<Endpoint> endpoint;
  std::unique_ptr<rpc::ClientStream> stream;
  Status status;
};

RunningCall Start(const Context& ctx, std::shared_ptr<Endpoint> endpoint, std::string_view method, std::string request) {
  RunningCall call{.endpoint = std::move(endpoint)};
  call.stream = call.endpoint->client().channel().Open(ctx, method);
  call.status = call.stream->Write(ctx, std::move(request));
  call.stream->CloseSend();
  return call;
}

// Reads all that the endpoint sends.
template <typename Item>
Status Collect(const Context& ctx, RunningCall* call, MemoryCharge* charge, SideAnswer<std::vector<Item>>* answer) {
  RETURN_IF_ERROR(call->status);
  while (true) {
    const auto message = TRY(call->stream->Read(ctx));
    if (!message.has_value()) return OkStatus();
    RETURN_IF_ERROR(charge->Add(message->size(), "answers of endpoints"));
    Item item;
    std::string warning;
    RETURN_IF_ERROR(ParseResponse(*message, &item, &warning).WithContext(call->endpoint->address()));
    if (warning.empty()) {
      answer->data.push_back(std::move(item));
    } else {
      answer->warnings.push_back(StrCat(call->endpoint->address(), ": ", warning));
    }
  }
}

}  // namespace

template <typename Item, typename Request, typename Serves>
Result<SideAnswer<std::vector<Item>>> SideProxy::Ask(const Context& ctx, std::string_view method, const Request& request,
                                                     Serves serves) const {
  const Context call_ctx = ctx.WithTimeout(response_timeout_);
  SideAnswer<std::vector<Item>> answer;
  std::vector<RunningCall> calls;
  const auto missing = [&](Status status) -> Status {
    RETURN_IF_ERROR(ctx.Check());
    if (!request.partial_response) return status;
    answer.warnings.emplace_back(status.message());
    return OkStatus();
  };
  const auto endpoints = stores_->endpoints();
  for (const auto& endpoint : *endpoints) {
    const EndpointState state = endpoint->state();
    if (state.info == nullptr || !serves(*state.info)) continue;
    if (!state.healthy && !endpoint->strict()) {
      RETURN_IF_ERROR(missing(UnavailableError(StrCat(endpoint->address(), " is lost: ", state.last_error.message()))));
      continue;
    }
    calls.push_back(Start(call_ctx, endpoint, method, SerializeRequest(request)));
  }
  MemoryCharge charge(ctx.memory());
  for (RunningCall& call : calls) {
    if (Status status = Collect(call_ctx, &call, &charge, &answer); !status.ok()) {
      if (status.code() == StatusCode::kResourceExhausted) return status;
      RETURN_IF_ERROR(missing(std::move(status)));
    }
  }
  return answer;
}

Result<SideAnswer<std::vector<RuleGroupState>>> SideProxy::Rules(const Context& ctx, const RulesRequest& request) const {
  return Ask<RuleGroupState>(ctx, kRulesMethod, request, [](const Info& info) { return info.rules; });
}

Result<SideAnswer<storeapi::Targets>> SideProxy::Targets(const Context& ctx, const TargetsRequest& request) const {
  auto parts = TRY(Ask<storeapi::Targets>(ctx, kTargetsMethod, request, [](const Info& info) { return info.targets; }));
  SideAnswer<storeapi::Targets> answer{.data = {}, .warnings = std::move(parts.warnings)};
  for (storeapi::Targets& part : parts.data) {
    std::move(part.active.begin(), part.active.end(), std::back_inserter(answer.data.active));
    std::move(part.dropped.begin(), part.dropped.end(), std::back_inserter(answer.data.dropped));
  }
  return answer;
}

// The union; equal entries of a metric are one.
Result<SideAnswer<MetricMetas>> SideProxy::Metadata(const Context& ctx, const MetadataRequest& request) const {
  auto parts = TRY(Ask<MetricMetas>(ctx, kMetadataMethod, request, [](const Info& info) { return info.metric_metadata; }));
  SideAnswer<MetricMetas> answer{.data = {}, .warnings = std::move(parts.warnings)};
  for (const MetricMetas& part : parts.data) {
    for (const auto& [name, metas] : part) {
      std::vector<MetricMeta>& known = answer.data[name];
      for (const MetricMeta& meta : metas) {
        if (std::find(known.begin(), known.end(), meta) == known.end()) known.push_back(meta);
      }
    }
  }
  return answer;
}

Result<SideAnswer<std::vector<ExemplarSeries>>> SideProxy::Exemplars(const Context& ctx, const ExemplarsRequest& request) const {
  // The times that endpoints give are none to go by: a sidecar says zero.
  return Ask<ExemplarSeries>(ctx, kExemplarsMethod, request, [](const Info& info) { return info.exemplars.has_value(); });
}

}  // namespace epi::storeapi
