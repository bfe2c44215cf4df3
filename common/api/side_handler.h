// rules, alerts, targets, targets/metadata, metadata and query_exemplars: from whoever offers them.
//
// Contract: without anybody who does, answers are empty. `dedup` (on unless refused) takes the replica labels off and makes equal
//           things one. What is missing is a warning that names the endpoint, or an error with partial_response=false.
// Threads:  methods are safe from any thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/api/answer.h"
#include "common/api/query_request.h"
#include "common/api/request_params.h"
#include "common/base/context.h"
#include "common/promql/options.h"
#include "common/storeapi/side_backend.h"

namespace epi::api {

struct SideHandlerOptions {
  const storeapi::SideBackend* backend = nullptr;  // Outlives the handler, as all pointers here.
  std::vector<std::string> replica_labels;         // Of requests that name none.
  QueryDefaults defaults;
  promql::Features features;
  MemoryAccount* process_memory = nullptr;  // May be null.
  std::chrono::milliseconds timeout_max{std::chrono::minutes(2)};
  uint64_t request_bytes_max = 256ULL << 20;
};

class SideHandler {
 public:
  explicit SideHandler(SideHandlerOptions options) : options_(std::move(options)) {}

  // type, rule_name[], rule_group[], file[], match[], exclude_alerts.
  Answer Rules(const Context& ctx, const RequestParams& params) const;
  Answer Alerts(const Context& ctx, const RequestParams& params) const;
  // state: any, active, dropped.
  Answer Targets(const Context& ctx, const RequestParams& params) const;
  // metric, limit, limit_per_metric.
  Answer Metadata(const Context& ctx, const RequestParams& params) const;
  // query, start, end.
  Answer Exemplars(const Context& ctx, const RequestParams& params) const;

 private:
  // Replica labels to take off; none without dedup.
  std::vector<std::string> ReplicaLabels(const SourceOptions& source) const;
  Result<storeapi::SideAnswer<std::vector<storeapi::RuleGroupState>>> MergedRules(const Context& ctx, const RequestParams& params,
                                                                                  storeapi::RuleKind kind) const;
  // Runs `ask` within the limits of a request.
  template <typename Ask>
  Answer Bounded(const Context& ctx, Ask ask) const;

  const SideHandlerOptions options_;
};

}  // namespace epi::api
