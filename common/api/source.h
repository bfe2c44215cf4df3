// Where a request's series come from, and how complete the answer was. A hub opens the fan-out over its endpoints, an agent its
// own Prometheus: the handlers see only this.
//
// Threads: a Source belongs to one request; its querier may be used from several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/labels/matcher.h"
#include "common/series/querier.h"

namespace epi::api {

// What Thanos' request parameters choose.
struct SourceOptions {
  bool dedup = true;
  std::vector<std::string> replica_labels;  // From replicaLabels[]; empty: the configured ones.
  bool partial_response = true;
  std::vector<labels::Matchers> store_matchers;  // Each storeMatch[]; an endpoint is asked when any of them matches.
  int64_t max_source_resolution_ms = 0;          // 0: raw samples only.
};

// Outcome per endpoint known lately: answered, skipped for time or labels, failed, or lost (known, but gone).
struct Completeness {
  int64_t answered = 0;
  int64_t skipped = 0;
  int64_t failed = 0;
  int64_t lost = 0;
  std::vector<std::string> missing;  // Endpoints that failed or were lost, with the reason.

  bool complete() const { return failed == 0 && lost == 0; }
};

class Source {
 public:
  virtual ~Source() = default;
  virtual const series::Querier& querier() const = 0;
  // Of all calls so far.
  virtual Completeness completeness() const = 0;
};

using OpenSource = std::function<Result<std::unique_ptr<Source>>(const SourceOptions& options)>;

}  // namespace epi::api
