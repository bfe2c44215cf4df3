// Metrics of calls, spelled as go-grpc-prometheus does: grpc_server_* on one side, grpc_client_* on the other.
//
// Labels: grpc_type (unary, client_stream, server_stream, bidi_stream), grpc_service, grpc_method; _handled_total also
//         grpc_code (CamelCase).
// Threads: safe from any thread.
// Owns:    nothing of the registry, which must outlive it and all its calls.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/metrics/registry.h"

namespace epi::rpc {

enum class CallSide { kServer, kClient };
enum class CallType { kUnary, kClientStream, kServerStream, kBidiStream };
std::string_view CallTypeName(CallType type);

// One method's counters.
class MethodMetrics {
 public:
  MethodMetrics(metrics::LabelValues labels, metrics::Family<metrics::Counter>* handled)
      : labels_(std::move(labels)), handled_(handled) {}
  void Handled(StatusCode code, std::chrono::steady_clock::duration took);

  std::shared_ptr<metrics::Counter> started;
  std::shared_ptr<metrics::Counter> received;
  std::shared_ptr<metrics::Counter> sent;
  std::shared_ptr<metrics::Histogram> seconds;

 private:
  const metrics::LabelValues labels_;
  metrics::Family<metrics::Counter>* const handled_;
};

class CallMetrics {
 public:
  CallMetrics(metrics::Registry* registry, CallSide side);

  // Made at first use. `path` is "/service/method".
  std::shared_ptr<MethodMetrics> Method(std::string_view path, CallType type);
  // grpc_req_panics_recovered_total: handlers that threw.
  void Panicked() { panics_->Inc(); }

 private:
  metrics::Family<metrics::Counter>* const started_;
  metrics::Family<metrics::Counter>* const handled_;
  metrics::Family<metrics::Counter>* const received_;
  metrics::Family<metrics::Counter>* const sent_;
  metrics::Family<metrics::Histogram>* const seconds_;
  metrics::Counter* const panics_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<MethodMetrics>, std::less<>> methods_ GUARDED_BY(mutex_);
};

}  // namespace epi::rpc
