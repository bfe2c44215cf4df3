// The HTTP server's metrics, named and labelled as Thanos does: http_requests_total{code,handler,method},
// http_request_duration_seconds, http_request_size_bytes, http_response_size_bytes, http_inflight_requests{handler,method}.
//
// Threads:  safe from any thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "common/base/mutex.h"
#include "common/metrics/registry.h"

namespace epi::http {

struct RequestOutcome {
  std::string handler;
  std::string method;  // "GET"; the label is lower case, and "unknown" for methods that are not HTTP's
  int status = 0;
  std::chrono::nanoseconds duration{0};
  uint64_t request_bytes = 0;
  uint64_t response_bytes = 0;
};

class ServerMetrics {
 public:
  // The registry must outlive this.
  explicit ServerMetrics(metrics::Registry* registry);

  void Observe(const RequestOutcome& outcome);
  std::shared_ptr<metrics::Gauge> InFlight(const std::string& handler, const std::string& method);

 private:
  struct Sizes {
    uint64_t count = 0;
    double request_bytes = 0;
    double response_bytes = 0;
  };
  void Collect(metrics::Exposition* out);

  metrics::Family<metrics::Counter>* const requests_;
  metrics::Family<metrics::Histogram>* const duration_;
  metrics::Family<metrics::Gauge>* const in_flight_;
  Mutex mutex_;
  // By code, handler, method. Bounded by the routes.
  std::map<std::tuple<std::string, std::string, std::string>, Sizes> sizes_ GUARDED_BY(mutex_);
  std::unique_ptr<metrics::Registry::Registration> registration_;
};

}  // namespace epi::http
