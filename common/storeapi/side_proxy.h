// Rules, targets, metadata and exemplars of all endpoints that serve them.
//
// Contract: endpoints are asked all at once, and their answers put one after the other, ordered by address; nothing is merged. One that
//           fails, or is known to serve the API and is lost, is a warning that names it; an error when partial answers are refused.
// Threads:  all methods are safe from any thread.
// Errors:   the context's; Unavailable or the endpoint's own when partial answers are refused; ResourceExhausted when the answers do
//           not fit into the memory account of the context.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/storeapi/side_backend.h"
#include "common/storeapi/store_set.h"

namespace epi::storeapi {

class SideProxy final : public SideBackend {
 public:
  // `stores` outlives the proxy. An endpoint has `response_timeout` for its whole answer.
  SideProxy(const StoreSet* stores, std::chrono::milliseconds response_timeout) : stores_(stores), response_timeout_(response_timeout) {}

  Result<SideAnswer<std::vector<RuleGroupState>>> Rules(const Context& ctx, const RulesRequest& request) const override;
  Result<SideAnswer<storeapi::Targets>> Targets(const Context& ctx, const TargetsRequest& request) const override;
  Result<SideAnswer<MetricMetas>> Metadata(const Context& ctx, const MetadataRequest& request) const override;
  Result<SideAnswer<std::vector<ExemplarSeries>>> Exemplars(const Context& ctx, const ExemplarsRequest& request) const override;

 private:
  template <typename Item, typename Request, typename Serves>
  Result<SideAnswer<std::vector<Item>>> Ask(const Context& ctx, std::string_view method, const Request& request, Serves serves) const;

  const StoreSet* const stores_;
  const std::chrono::milliseconds response_timeout_;
};

}  // namespace epi::storeapi
