// What the sidecar asks of its Prometheus, over HTTP.
//
// Contract: an answer that is not what it should be (another status, no JSON, no data) is an error that names the URL; it never
//           passes for an empty one. Warnings of Prometheus are handed on.
// Threads:  all methods are safe from any thread.
// Units:    times are Unix milliseconds, inclusive.
// Errors:   InvalidArgument when Prometheus refuses the request as such (400); Unavailable for everything that may pass;
//           DataLoss for damaged answers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/sidecar/read_request.h"
#include "agent/sidecar/read_response.h"
#include "common/base/context.h"
#include "common/base/status.h"
#include "common/http/client.h"
#include "common/labels/labels.h"
#include "common/labels/matcher.h"

namespace epi::agent {

// Major and minor of Prometheus; 0.0 for one that does not tell (before 2.14).
struct PrometheusVersion {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const PrometheusVersion&, const PrometheusVersion&) = default;
};
// Since when label calls understand match[].
inline constexpr PrometheusVersion kLabelMatchersSince{2, 24};
// Since when names may be any UTF-8; others are refused before.
inline constexpr PrometheusVersion kUtf8NamesSince{3, 0};

// "2.42.0+ds" → 2.42; 0.0 for anything else.
PrometheusVersion ParsePrometheusVersion(std::string_view text);

// global.external_labels of a Prometheus configuration; numbers and booleans read as text.
Result<labels::Labels> ParseExternalLabels(std::string_view yaml);

struct MetadataQuery {
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  labels::Matchers matchers;  // May be empty for the label calls.
  int64_t limit = 0;
};

struct MetadataAnswer {
  std::vector<std::string> values;
  std::vector<std::string> warnings;
};

class PrometheusClient {
 public:
  // `url` with or without a path; a trailing slash is dropped.
  PrometheusClient(std::string url, http::ClientOptions options);

  const std::string& display_url() const { return display_url_; }

  // The body of any other answer; `path` with its parameters.
  Result<std::string> Get(const Context& ctx, std::string_view path) const;
  Result<labels::Labels> ExternalLabels(const Context& ctx) const;
  Result<PrometheusVersion> Version(const Context& ctx) const;
  // Oldest sample, from Prometheus' own metrics; NotFound when it does not tell.
  Result<int64_t> LowestTimeMs(const Context& ctx) const;
  // How far Prometheus' clock is ahead of ours, to a second, when it is ready; 0 when it does not tell.
  Result<int64_t> ReadyClockAheadMs(const Context& ctx) const;
  // POST /-/reload.
  Status Reload(const Context& ctx) const;

  Result<MetadataAnswer> LabelNames(const Context& ctx, const MetadataQuery& query) const;
  Result<MetadataAnswer> LabelValues(const Context& ctx, const std::string& name, const MetadataQuery& query) const;
  // Calls `sink` for each series, in Prometheus' order. REQUIRES: query.matchers is not empty.
  using LabelsSink = std::function<Status(const labels::Labels& labels)>;
  Result<std::vector<std::string>> Series(const Context& ctx, const MetadataQuery& query, const LabelsSink& sink) const;
  // Remote read; parts of series arrive in order, those of one series one after another.
  Status Read(const Context& ctx, const ReadQuery& query, const ReadSeriesSink& sink) const;

 private:
  static std::string MetadataPath(std::string_view path, const MetadataQuery& query);
  Status Failed(std::string_view path, const http::ClientResponse& response) const;

  const std::string url_;
  const std::string display_url_;
  const http::Client client_;
};

// {a="b",c=~"d"}: a selector as match[] takes it.
std::string SelectorText(const labels::Matchers& matchers);

}  // namespace epi::agent
