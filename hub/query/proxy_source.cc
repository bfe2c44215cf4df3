#include "hub/query/proxy_source.h"

#include <utility>

#include "common/base/str_cat.h"
#include "common/storeapi/proxy_querier.h"

namespace epi::hub {
namespace {

class ProxySource final : public api::Source {
 public:
  ProxySource(const storeapi::Proxy* proxy, storeapi::QueryOptions options) : querier_(proxy, std::move(options)) {}

  const series::Querier& querier() const override { return querier_; }

  api::Completeness completeness() const override {
    api::Completeness result;
    for (const storeapi::EndpointOutcome& endpoint : querier_.completeness().endpoints) {
      switch (endpoint.outcome) {
        case storeapi::Outcome::kAnswered: ++result.answered; break;
        case storeapi::Outcome::kFailed: ++result.failed; break;
        case storeapi::Outcome::kLost: ++result.lost; break;
        case storeapi::Outcome::kSkippedStoreMatch:
        case storeapi::Outcome::kSkippedTime:
        case storeapi::Outcome::kSkippedLabels: ++result.skipped; break;
      }
      if (endpoint.outcome == storeapi::Outcome::kFailed || endpoint.outcome == storeapi::Outcome::kLost) {
        result.missing.push_back(StrCat(endpoint.endpoint, ": ", endpoint.reason));
      }
    }
    return result;
  }

 private:
  const storeapi::ProxyQuerier querier_;
};

}  // namespace

api::OpenSource OpenProxySource(const storeapi::Proxy* proxy, std::vector<std::string> replica_labels) {
  return [proxy, replica_labels = std::move(replica_labels)](
             const api::SourceOptions& options) -> Result<std::unique_ptr<api::Source>> {
    storeapi::QueryOptions query{.dedup = options.dedup,
                                 .replica_labels = options.replica_labels.empty() ? replica_labels : options.replica_labels,
                                 .partial_response = options.partial_response,
                                 .store_matchers = options.store_matchers,
                                 .max_source_resolution_ms = options.max_source_resolution_ms};
    return std::make_unique<ProxySource>(proxy, std::move(query));
  };
}

}  // namespace epi::hub
