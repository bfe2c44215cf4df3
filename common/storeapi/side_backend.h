// Who knows of rules, targets, metadata and exemplars: a sidecar of its Prometheus, a querier of all components it has.
//
// Contract: parts that could not be had are warnings, unless the request refuses partial answers.
// Threads:  all methods are safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/storeapi/side_types.h"

namespace epi::storeapi {

template <typename T>
struct SideAnswer {
  T data;
  std::vector<std::string> warnings;
};

class SideBackend {
 public:
  virtual ~SideBackend() = default;
  virtual Result<SideAnswer<std::vector<RuleGroupState>>> Rules(const Context& ctx, const RulesRequest& request) const = 0;
  virtual Result<SideAnswer<storeapi::Targets>> Targets(const Context& ctx, const TargetsRequest& request) const = 0;
  virtual Result<SideAnswer<MetricMetas>> Metadata(const Context& ctx, const MetadataRequest& request) const = 0;
  virtual Result<SideAnswer<std::vector<ExemplarSeries>>> Exemplars(const Context& ctx, const ExemplarsRequest& request) const = 0;
};

}  // namespace epi::storeapi
