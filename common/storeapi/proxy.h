// The proxy: many endpoints answered for as one. It is a StoreBackend, so that hubs can be stacked.
//
//   StoreSet (who is there) ─► Plan (who is asked) ─► SeriesMerge / label calls ─► one answer with warnings
//
// Contract: each endpoint that could have had a part and did not answer whole is named in a warning, or makes the call an
//           error (PartialResponse::kAbort). Replica labels of the request are removed from what comes back, whoever the
//           endpoint is.
// Threads:  any number of calls at once.
// Owns:     nothing of the set, which outlives it.
// Errors:   Aborted naming the endpoint; those of the query itself (cancelled, deadline, memory).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/metrics/registry.h"
#include "common/storeapi/series_merge.h"
#include "common/storeapi/store_backend.h"
#include "common/storeapi/store_set.h"

namespace epi::storeapi {

struct ProxyOptions {
  // An endpoint that sends nothing for so long counts as failed.
  std::chrono::milliseconds response_timeout{60000};
  // What Info says this process is.
  std::string component_type = "query";
  metrics::Registry* registry = nullptr;  // Null: no metrics. Must outlive the proxy.
};

// The caller's choice of endpoints, see StoreQuery.
using StoreMatchers = std::vector<labels::Matchers>;

// An answer to a label call, with what became of each endpoint.
struct ProxyLabels {
  LabelsResponse response;
  std::vector<EndpointOutcome> outcomes;
};

class Proxy : public StoreBackend {
 public:
  Proxy(StoreSet* stores, ProxyOptions options);

  // Batches are asked for whatever the request says.
  Result<std::unique_ptr<SeriesMerge>> OpenSeries(const Context& ctx, const SeriesRequest& request, const StoreMatchers& store_matchers) const;
  // Names when request.label is empty, else values.
  Result<ProxyLabels> Labels(const Context& ctx, const LabelsRequest& request, const StoreMatchers& store_matchers) const;
  // Counts a finished merge and its time in the metrics.
  void Observe(const SeriesMerge& merge, uint64_t series, uint64_t chunks, std::chrono::steady_clock::duration took) const;

  Status Series(const Context& ctx, const SeriesRequest& request, SeriesSink* sink) override;
  Result<LabelsResponse> LabelNames(const Context& ctx, const LabelsRequest& request) override;
  Result<LabelsResponse> LabelValues(const Context& ctx, const LabelsRequest& request) override;
  // The union of the healthy endpoints' labels and times.
  Result<epi::storeapi::Info> Info(const Context& ctx) override;

 private:
  StoreSet* const stores_;
  const ProxyOptions options_;
  metrics::Counter* empty_responses_ = nullptr;
  metrics::Family<metrics::Histogram>* query_duration_ = nullptr;
};

}  // namespace epi::storeapi
