// The proxy as PromQL sees it: a series::Querier with the options of one query.
//
//   ProxyQuerier querier(&proxy, {.dedup = true, .replica_labels = {"replica"}});
//   … Select, LabelNames, LabelValues …
//   if (!querier.completeness().complete()) …
//
// Contract: a Querier as in series/querier.h. Made for one query: it collects what became of every endpoint. Label sets of
//           deduplicated series lack the replica labels. Sources that fail are warnings of the set, or errors, as
//           partial_response says.
// Threads:  any.
// Owns:     nothing; the proxy, and the memory account of the contexts given, outlive the query's series.
// Errors:   as Proxy. Memory refused names the limit and the selector.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/series/querier.h"
#include "common/storeapi/completeness.h"
#include "common/storeapi/proxy.h"

namespace epi::storeapi {

struct QueryOptions {
  bool dedup = true;
  std::vector<std::string> replica_labels;
  bool partial_response = true;
  StoreMatchers store_matchers;  // storeMatch[]
  // Coarsest resolution that may be used; 0 is raw only.
  int64_t max_source_resolution_ms = 0;
  std::optional<ShardInfo> shard_info;
  std::string tenant;
};

class ProxyQuerier : public series::Querier {
 public:
  ProxyQuerier(const Proxy* proxy, QueryOptions options) : proxy_(proxy), options_(std::move(options)) {}

  Result<std::unique_ptr<series::SeriesSet>> Select(const Context& ctx, const series::SelectRequest& request) const override;
  Result<series::LabelStrings> LabelNames(const Context& ctx, const series::LabelRequest& request) const override;
  Result<series::LabelStrings> LabelValues(const Context& ctx, const std::string& name, const series::LabelRequest& request) const override;

  // Of all calls that are finished: a set counts once it was read to its end or given up.
  Completeness completeness() const { return log_->Take(); }

 private:
  SeriesRequest ToSeriesRequest(const series::SelectRequest& request) const;
  Result<series::LabelStrings> Labels(const Context& ctx, const std::string& name, const series::LabelRequest& request) const;

  const Proxy* const proxy_;
  const QueryOptions options_;
  const std::shared_ptr<CompletenessLog> log_ = std::make_shared<CompletenessLog>();
};

}  // namespace epi::storeapi
