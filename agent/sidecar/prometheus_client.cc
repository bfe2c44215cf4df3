#include "agent/sidecar/prometheus_client.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "agent/sidecar/prometheus_json.h"
#include "agent/sidecar/read_frames.h"
#include "common/base/clock.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/config/yaml.h"
#include "common/http/form.h"
#include "common/http/http1_encoder.h"

namespace epi::agent {
namespace {

// Largest answer of samples that is unpacked: only servers before 2.13 send them.
constexpr uint64_t kSamplesBytesMax = 512ULL << 20;
constexpr uint64_t kSeriesBytesMax = 2ULL << 30;
constexpr size_t kQuotedBytesMax = 300;

std::string WithoutTrailingSlash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// Seconds with three decimals, within what Prometheus takes.
std::string TimeText(int64_t time_ms) {
  const int64_t clamped = std::clamp(time_ms, kPrometheusMinTimeMs, kPrometheusMaxTimeMs);
  // Floor division, so that the fraction is never negative.
  int64_t seconds = clamped / 1000;
  int64_t fraction = clamped % 1000;
  if (fraction < 0) {
    fraction += 1000;
    --seconds;
  }
  if (fraction == 0) return StrCat(seconds);
  if (seconds < 0) return StrCat("-", -seconds - 1, ".", std::to_string(2000 - fraction).substr(1));
  return StrCat(seconds, ".", std::to_string(1000 + fraction).substr(1));
}

// Value of `name` in a text exposition; the metric has no labels.
std::optional<double> FindMetric(std::string_view exposition, std::string_view name) {
  for (size_t at = 0; at < exposition.size();) {
    const size_t end = std::min(exposition.find('\n', at), exposition.size());
    const std::string_view line = exposition.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') continue;
    const std::string_view text = line.substr(name.size() + 1);
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) return value;
  }
  return std::nullopt;
}

}  // namespace

PrometheusVersion ParsePrometheusVersion(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  PrometheusVersion version;
  const char* end = text.data() + text.size();
  const auto [dot, major_error] = std::from_chars(text.data(), end, version.major);
  if (major_error != std::errc() || dot == end || *dot != '.') return {};
  if (std::from_chars(dot + 1, end, version.minor).ec != std::errc()) return {};
  return version;
}

Result<labels::Labels> ParseExternalLabels(std::string_view yaml) {
  const config::YamlNode root = TRY(config::YamlNode::Parse(yaml, "Prometheus configuration"));
  const config::YamlNode* global = root.Find("global");
  const config::YamlNode* external = global == nullptr ? nullptr : global->Find("external_labels");
  labels::LabelsBuilder builder;
  if (external != nullptr) {
    for (const config::YamlEntry& entry : external->entries()) builder.Set(entry.key, entry.value.text());
  }
  return builder.Build();
}

std::string SelectorText(const labels::Matchers& matchers) {
  std::string text = "{";
  for (const labels::Matcher& matcher : matchers) {
    if (text.size() > 1) text += ",";
    text += matcher.ToString();
  }
  return text + "}";
}

PrometheusClient::PrometheusClient(std::string url, http::ClientOptions options)
    : url_(WithoutTrailingSlash(std::move(url))), display_url_(http::RedactedUrl(url_)), client_(std::move(options)) {}

Status PrometheusClient::Failed(std::string_view path, const http::ClientResponse& response) const {
  std::string why = ParseErrorText(response.body);
  if (why.empty()) why = response.body.substr(0, kQuotedBytesMax);
  while (!why.empty() && why.back() == '\n') why.pop_back();
  std::string message = StrCat(display_url_, path, " answered ", response.status, ": ", why);
  if (response.status == 400) return InvalidArgumentError(std::move(message));
  if (response.status == 404) return NotFoundError(std::move(message));
  return UnavailableError(std::move(message));
}

Result<std::string> PrometheusClient::Get(const Context& ctx, std::string_view path) const {
  http::ClientResponse response = TRY(client_.Do(ctx, {.url = StrCat(url_, path), .response_bytes_max = kSeriesBytesMax}));
  if (response.status != 200) return Failed(path, response);
  return std::move(response.body);
}

Result<labels::Labels> PrometheusClient::ExternalLabels(const Context& ctx) const {
  constexpr std::string_view kPath = "/api/v1/status/config";
  auto yaml = ParseDataString(TRY(Get(ctx, kPath)), "yaml");
  if (!yaml.ok()) return yaml.status().WithContext(StrCat(display_url_, kPath));
  return ParseExternalLabels(*yaml);
}

Result<PrometheusVersion> PrometheusClient::Version(const Context& ctx) const {
  const auto body = Get(ctx, "/api/v1/status/buildinfo");
  if (body.status().code() == StatusCode::kNotFound) return PrometheusVersion();
  if (!body.ok()) return body.status();
  return ParsePrometheusVersion(TRY(ParseDataString(*body, "version")));
}

Result<int64_t> PrometheusClient::LowestTimeMs(const Context& ctx) const {
  const std::string exposition = TRY(Get(ctx, "/metrics"));
  const auto seconds = FindMetric(exposition, "prometheus_tsdb_lowest_timestamp_seconds");
  if (!seconds.has_value() || !std::isfinite(*seconds) || std::abs(*seconds) > 1e15) {
    return NotFoundError(StrCat(display_url_, "/metrics has no usable prometheus_tsdb_lowest_timestamp_seconds"));
  }
  return static_cast<int64_t>(*seconds * 1000);
}

Result<int64_t> PrometheusClient::ReadyClockAheadMs(const Context& ctx) const {
  constexpr std::string_view kPath = "/-/ready";
  const http::ClientResponse response = TRY(client_.Do(ctx, {.url = StrCat(url_, kPath)}));
  if (response.status != 200) return Failed(kPath, response);
  const auto date_ms = http::ParseHttpDateMs(http::FieldValue(response.headers, "date"));
  return date_ms.has_value() ? *date_ms - Clock::System().NowMs() : 0;
}

Status PrometheusClient::Reload(const Context& ctx) const {
  constexpr std::string_view kPath = "/-/reload";
  const auto response = TRY(client_.Do(ctx, {.method = "POST", .url = StrCat(url_, kPath)}));
  return response.status == 200 ? OkStatus() : Failed(kPath, response);
}

std::string PrometheusClient::MetadataPath(std::string_view path, const MetadataQuery& query) {
  http::Form form;
  form.Add("start", TimeText(query.mint_ms));
  form.Add("end", TimeText(query.maxt_ms));
  if (!query.matchers.empty()) form.Add("match[]", SelectorText(query.matchers));
  if (query.limit > 0) form.Add("limit", StrCat(query.limit));
  return StrCat(path, "?", form.Encode());
}

Result<MetadataAnswer> PrometheusClient::LabelNames(const Context& ctx, const MetadataQuery& query) const {
  StringList list = TRY(ParseStringList(TRY(Get(ctx, MetadataPath("/api/v1/labels", query)))));
  return MetadataAnswer{std::move(list.values), std::move(list.warnings)};
}

Result<MetadataAnswer> PrometheusClient::LabelValues(const Context& ctx, const std::string& name,
                                                     const MetadataQuery& query) const {
  const std::string path = StrCat("/api/v1/label/", http::PercentEncode(name), "/values");
  StringList list = TRY(ParseStringList(TRY(Get(ctx, MetadataPath(path, query)))));
  return MetadataAnswer{std::move(list.values), std::move(list.warnings)};
}

Result<std::vector<std::string>> PrometheusClient::Series(const Context& ctx, const MetadataQuery& query,
                                                          const LabelsSink& sink) const {
  constexpr std::string_view kPath = "/api/v1/series";
  SeriesListReader reader(sink);
  const auto take = [&](const http::ClientResponse&, std::string_view piece) { return reader.Feed(piece); };
  const http::ClientRequest request{.url = StrCat(url_, MetadataPath(kPath, query))};
  const http::ClientResponse response = TRY(client_.Stream(ctx, request, take));
  if (response.status != 200) return Failed(kPath, response);
  return reader.Finish().WithContext(StrCat(display_url_, kPath));
}

Status PrometheusClient::Read(const Context& ctx, const ReadQuery& query, const ReadSeriesSink& sink) const {
  constexpr std::string_view kPath = "/api/v1/read";
  const http::ClientRequest request{
      .method = "POST",
      .url = StrCat(url_, kPath),
      .headers = {{"content-type", "application/x-protobuf"},
                  {"content-encoding", "snappy"},
                  {"x-prometheus-remote-read-version", "0.1.0"}},
      .body = CompressReadRequest(query)};
  ChunkedFrameParser parser(sink);
  ReadFrames frames([&](std::string_view frame) { return parser.Parse(frame); });
  std::string samples;
  bool streamed = false;
  const auto take = [&](const http::ClientResponse& head, std::string_view piece) -> Status {
    streamed = http::FieldValue(head.headers, "content-type").starts_with("application/x-streamed-protobuf");
    if (streamed) return frames.Feed(piece);
    if (samples.size() + piece.size() > kSamplesBytesMax) return ResourceExhaustedError("answer is too large");
    samples += piece;
    return OkStatus();
  };
  const http::ClientResponse response = TRY(client_.Stream(ctx, request, take));
  if (response.status != 200) return Failed(kPath, response);
  const Status status = streamed          ? frames.Finish()
                        : samples.empty() ? OkStatus()
                                          : ParseSamplesBody(samples, kSamplesBytesMax, sink);
  return status.WithContext(StrCat(display_url_, kPath));
}

}  // namespace epi::agent
