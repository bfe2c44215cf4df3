#include "common/rpc/call_metrics.h"

#include <utility>

#include "common/base/str_cat.h"

namespace epi::rpc {
namespace {

std::vector<std::string> MethodLabels() { return {"grpc_type", "grpc_service", "grpc_method"}; }

std::string Name(CallSide side, std::string_view what) {
  return StrCat(side == CallSide::kServer ? "grpc_server_" : "grpc_client_", what);
}
std::string Where(CallSide side, std::string_view server, std::string_view client) {
  return std::string(side == CallSide::kServer ? server : client);
}

}  // namespace

std::string_view CallTypeName(CallType type) {
  switch (type) {
    case CallType::kUnary:
      return "unary";
    case CallType::kClientStream:
      return "client_stream";
    case CallType::kServerStream:
      return "server_stream";
    case CallType::kBidiStream:
      break;
  }
  return "bidi_stream";
}

void MethodMetrics::Handled(StatusCode code, std::chrono::steady_clock::duration took) {
  metrics::LabelValues labels = labels_;
  labels.emplace_back(StatusCodeName(code));
  handled_->With(labels)->Inc();
  seconds->Observe(std::chrono::duration<double>(took).count());
}

CallMetrics::CallMetrics(metrics::Registry* registry, CallSide side)
    : started_(registry->AddCounterFamily(
          Name(side, "started_total"),
          Where(side, "Calls the server began.", "Calls the client began."),
          MethodLabels())),
      handled_(registry->AddCounterFamily(Name(side, "handled_total"),
                                          Where(side,
                                                "Calls the server finished, by code.",
                                                "Calls the client finished, by code."),
                                          {"grpc_type", "grpc_service", "grpc_method", "grpc_code"})),
      received_(registry->AddCounterFamily(Name(side, "msg_received_total"),
                                           Where(side, "Messages the server received.",
                                                 "Messages the client received."),
                                           MethodLabels())),
      sent_(registry->AddCounterFamily(Name(side, "msg_sent_total"),
                                       Where(side, "Messages the server sent.",
                                             "Messages the client sent."),
                                       MethodLabels())),
      seconds_(registry->AddHistogramFamily(
          Name(side, "handling_seconds"),
          Where(side, "Response latency of gRPC calls that the server handled.",
                "Response latency of gRPC calls until the client finished them."),
          MethodLabels(), {0.001, 0.01, 0.1, 0.3, 0.6, 1, 3, 6, 9, 20, 30, 60, 90, 120})),
      panics_(registry->AddCounter("grpc_req_panics_recovered_total", "gRPC calls whose handler failed unexpectedly; always 0, for dashboards that read it.")) {}

std::shared_ptr<MethodMetrics> CallMetrics::Method(std::string_view path, CallType type) {
  MutexLock lock(&mutex_);
  const auto found = methods_.find(path);
  if (found != methods_.end()) return found->second;
  const size_t slash = path.rfind('/');
  const size_t split = slash == std::string_view::npos ? 0 : slash;
  const std::string service(path.substr(split > 0 ? 1 : 0, split > 0 ? split - 1 : 0));
  const metrics::LabelValues labels = {std::string(CallTypeName(type)), service, std::string(path.substr(split + 1))};
  auto method = std::make_shared<MethodMetrics>(labels, handled_);
  method->started = started_->With(labels);
  method->received = received_->With(labels);
  method->sent = sent_->With(labels);
  method->seconds = seconds_->With(labels);
  methods_.emplace(std::string(path), method);
  return method;
}

}  // namespace epi::rpc
