// The sidecar's side of the Store API: answers from its Prometheus, with external labels.
//
// Contract: series come by streamed remote read and are handed on as they arrive; their chunks are Prometheus' bytes. Label
//           calls add the names and values of external labels where they belong.
// Threads:  any number of calls; at most kReadsMax remote reads at once, the others wait.
// Errors:   Unavailable, with the reason, while Prometheus is down.
#pragma once

#include "agent/sidecar/prometheus_client.h"
#include "agent/sidecar/prometheus_monitor.h"
#include "agent/sidecar/series_merge.h"
#include "common/runtime/gate.h"
#include "common/storeapi/store_backend.h"

namespace epi::agent {

// Prometheus itself queues remote reads above ten, without telling.
inline constexpr size_t kReadsMax = 10;

class PrometheusStore final : public storeapi::StoreBackend {
 public:
  PrometheusStore(const PrometheusClient* client, PrometheusMonitor* monitor);

  Status Series(const Context& ctx, const storeapi::SeriesRequest& request, storeapi::SeriesSink* sink) override;
  Result<storeapi::LabelsResponse> LabelNames(const Context& ctx, const storeapi::LabelsRequest& request) override;
  Result<storeapi::LabelsResponse> LabelValues(const Context& ctx, const storeapi::LabelsRequest& request) override;
  Result<storeapi::Info> Info(const Context& ctx) override;

 private:
  // One attempt at a Series call. *sent tells whether the sink has got a series.
  Status Attempt(const Context& ctx, const storeapi::SeriesRequest& request, const PrometheusState& state,
                 SeriesMerge::Mode mode, storeapi::SeriesSink* sink, bool* sent);
  Status ReadInto(const Context& ctx, const storeapi::SeriesRequest& request, const MetadataQuery& query,
                  SeriesMerge* merge, storeapi::SeriesSink* sink);
  Result<std::shared_ptr<const PrometheusState>> UpState() const;
  // What is left of a label request for Prometheus; none when nothing can match.
  std::optional<MetadataQuery> QueryFor(const PrometheusState& state, const storeapi::LabelsRequest& request) const;
  // Names, or values of a name, for a Prometheus that does not know match[]: from its series.
  Result<MetadataAnswer> FromSeries(const Context& ctx, const MetadataQuery& query, const std::string* name) const;
  Result<bool> AnySeries(const Context& ctx, MetadataQuery query) const;

  const PrometheusClient* const client_;
  PrometheusMonitor* const monitor_;
  runtime::Gate reads_;
};

}  // namespace epi::agent
