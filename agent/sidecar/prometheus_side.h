// Rules, targets, metadata and exemplars of the sidecar's Prometheus, with its external labels.
//
// Contract: external labels are added to the labels of rules, targets and series, so that they can be told apart from those of other
//           clusters; where a label of that name is there already, the external one wins. Alerts stay as Prometheus has them, as with
//           Thanos' sidecar: a querier knows their cluster from their rule.
// Threads:  all methods are safe from any thread.
// Errors:   Unavailable, with the reason, while Prometheus is down.
#pragma once

#include <string>
#include <string_view>

#include "agent/sidecar/prometheus_client.h"
#include "agent/sidecar/prometheus_monitor.h"
#include "common/storeapi/side_backend.h"

namespace epi::agent {

class PrometheusSide final : public storeapi::SideBackend {
 public:
  PrometheusSide(const PrometheusClient* client, PrometheusMonitor* monitor) : client_(client), monitor_(monitor) {}

  Result<storeapi::SideAnswer<std::vector<storeapi::RuleGroupState>>> Rules(const Context& ctx,
                                                                            const storeapi::RulesRequest& request) const override;
  Result<storeapi::SideAnswer<storeapi::Targets>> Targets(const Context& ctx, const storeapi::TargetsRequest& request) const override;
  Result<storeapi::SideAnswer<storeapi::MetricMetas>> Metadata(const Context& ctx,
                                                               const storeapi::MetadataRequest& request) const override;
  Result<storeapi::SideAnswer<std::vector<storeapi::ExemplarSeries>>> Exemplars(
      const Context& ctx, const storeapi::ExemplarsRequest& request) const override;

 private:
  Result<labels::Labels> ExternalLabels() const;

  const PrometheusClient* const client_;
  PrometheusMonitor* const monitor_;
};

}  // namespace epi::agent
