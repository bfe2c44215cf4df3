#include "common/http/server_metrics.h"

#include <algorithm>
#include <array>

#include "common/base/str_cat.h"
#include "common/http/header_text.h"

namespace epi::http {
namespace {

std::string MethodLabel(const std::string& method) {
  constexpr std::array<std::string_view, 9> kMethods = {"GET",     "HEAD",    "POST",  "PUT",  "PATCH",
                                                        "DELETE", "OPTIONS", "TRACE", "CONNECT"};
  const bool known = std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
  return known ? ToLower(method) : "unknown";
}

}  // namespace

ServerMetrics::ServerMetrics(metrics::Registry* registry)
    : requests_(registry->AddCounterFamily("http_requests_total", "Requests answered.",
                                           {"code", "handler", "method"})),
      duration_(registry->AddHistogramFamily(
          "http_request_duration_seconds", "Time from a request's first byte to its answer's last.", {"code", "handler", "method"},
          {0.001, 0.01, 0.1, 0.3, 0.6, 1, 3, 6, 9, 20, 30, 60, 90, 120, 240, 360, 720})),
      in_flight_(registry->AddGaugeFamily("http_inflight_requests",
                                          "Requests being handled now.",
                                          {"handler", "method"})),
      registration_(registry->AddCollector([this](metrics::Exposition* out) { Collect(out); })) {}

void ServerMetrics::Observe(const RequestOutcome& outcome) {
  const std::string code = StrCat(outcome.status);
  const std::string method = MethodLabel(outcome.method);
  requests_->With({code, outcome.handler, method})->Inc();
  duration_->With({code, outcome.handler, method})->Observe(std::chrono::duration<double>(outcome.duration).count());
  MutexLock lock(&mutex_);
  Sizes& sizes = sizes_[{code, outcome.handler, method}];
  ++sizes.count;
  sizes.request_bytes += static_cast<double>(outcome.request_bytes);
  sizes.response_bytes += static_cast<double>(outcome.response_bytes);
}

std::shared_ptr<metrics::Gauge> ServerMetrics::InFlight(const std::string& handler, const std::string& method) {
  return in_flight_->With({handler, MethodLabel(method)});
}

void ServerMetrics::Collect(metrics::Exposition* out) {
  static const metrics::MetricInfo kRequest{"http_request_size_bytes", "Size of requests, headers included.",
                                            metrics::MetricType::kSummary};
  static const metrics::MetricInfo kResponse{"http_response_size_bytes", "Size of answers' bodies.",
                                             metrics::MetricType::kSummary};
  for (const metrics::MetricInfo& info : {kRequest, kResponse}) out->Declare(info, {"code", "handler", "method"});
  MutexLock lock(&mutex_);
  for (const auto& [key, sizes] : sizes_) {
    const auto& [code, handler, method] = key;
    const std::array<std::pair<std::string_view, std::string_view>, 3> labels = {
        {{"code", code}, {"handler", handler}, {"method", method}}};
    out->Summary(kRequest, labels, {}, sizes.count, sizes.request_bytes);
    out->Summary(kResponse, labels, {}, sizes.count, sizes.response_bytes);
  }
}

}  // namespace epi::http
