#include "common/storeapi/proxy.h"

#include <algorithm>
#include <set>
#include <utility>

namespace epi::storeapi {
namespace {

// What Thanos' querier asks for.
constexpr int64_t kResponseBatchSize = 64;

// Thanos' default quantiles of --query.telemetry.request-{samples,series}-quantiles and -duration-seconds-quantiles.
std::string SizeClass(uint64_t value) {
  for (const uint64_t bound : {100U, 1000U, 10000U, 100000U, 1000000U}) {
    if (value <= bound) return std::to_string(bound);
  }
  return "+Inf";
}

void MergeInto(const LabelsResponse& part, std::set<std::string>* values, LabelsResponse* all) {
  values->insert(part.values.begin(), part.values.end());
  for (const std::string& warning : part.warnings) {
    if (std::find(all->warnings.begin(), all->warnings.end(), warning) == all->warnings.end()) all->warnings.push_back(warning);
  }
}

void Widen(const TimeRange& part, TimeRange* all, bool first) {
  if (first) {
    *all = part;
    return;
  }
  all->mint_ms = std::min(all->mint_ms, part.mint_ms);
  all->maxt_ms = std::max(all->maxt_ms, part.maxt_ms);
}

}  // namespace

Proxy::Proxy(StoreSet* stores, ProxyOptions options) : stores_(stores), options_(std::move(options)) {
  if (options_.registry == nullptr) return;
  empty_responses_ = options_.registry->AddCounter("thanos_proxy_store_empty_stream_responses_total", "Series calls that an endpoint answered with nothing.");
  query_duration_ = options_.registry->AddHistogramFamily("thanos_store_api_query_duration_seconds", "Time a query spent reading series from all endpoints, by how many series and samples came.",
                                                          {"series_le", "samples_le"}, {0.1, 0.25, 0.75, 1.25, 1.75, 2.5, 3, 5, 10, 15, 30, 60, 120});
}

Result<std::unique_ptr<SeriesMerge>> Proxy::OpenSeries(const Context& ctx, const SeriesRequest& request, const StoreMatchers& store_matchers) const {
  const StoreQuery query{.mint_ms = request.mint_ms, .maxt_ms = request.maxt_ms, .matchers = &request.matchers, .store_matchers = &store_matchers};
  FanoutPlan plan = TRY(Plan(*stores_->endpoints(), query, request.partial_response));
  SeriesRequest batched = request;
  batched.response_batch_size = kResponseBatchSize;
  return std::make_unique<SeriesMerge>(ctx, batched, std::move(plan), SeriesMergeOptions{.response_timeout = options_.response_timeout});
}

void Proxy::Observe(const SeriesMerge& merge, uint64_t series, uint64_t chunks, std::chrono::steady_clock::duration took) const {
  if (options_.registry == nullptr) return;
  empty_responses_->Add(merge.empty_answers());
  query_duration_->With({SizeClass(series), SizeClass(chunks * 120)})->Observe(std::chrono::duration<double>(took).count());
}

Status Proxy::Series(const Context& ctx, const SeriesRequest& request, SeriesSink* sink) {
  const auto begin = std::chrono::steady_clock::now();
  const std::unique_ptr<SeriesMerge> merge = TRY(OpenSeries(ctx, request, {}));
  uint64_t series_count = 0;
  uint64_t chunk_count = 0;
  std::string encoded;
  while (!sink->full()) {
    const std::optional<ChunkSeries> series = TRY(merge->Next());
    if (!series.has_value()) break;
    encoded.clear();
    AppendSeries(&encoded, *series);
    RETURN_IF_ERROR(sink->Series(ctx, series->labels, encoded, series->chunks.size()));
    ++series_count;
    chunk_count += series->chunks.size();
  }
  for (const std::string& hint : merge->Hints()) RETURN_IF_ERROR(sink->Hints(ctx, hint));
  for (const std::string& warning : merge->Warnings()) RETURN_IF_ERROR(sink->Warning(ctx, warning));
  Observe(*merge, series_count, chunk_count, std::chrono::steady_clock::now() - begin);
  return OkStatus();
}

Result<ProxyLabels> Proxy::Labels(const Context& ctx, const LabelsRequest& request, const StoreMatchers& store_matchers) const {
  const StoreQuery query{.mint_ms = request.mint_ms, .maxt_ms = request.maxt_ms, .matchers = &request.matchers, .store_matchers = &store_matchers};
  FanoutPlan plan = TRY(Plan(*stores_->endpoints(), query, request.partial_response));
  const bool names = request.label.empty();
  const std::string_view action = names ? "fetch label names" : "fetch label values";
  const Context bounded = options_.response_timeout.count() > 0 ? ctx.WithTimeout(options_.response_timeout) : ctx;
  std::vector<PendingCall<LabelsResponse>> calls;
  for (const auto& endpoint : plan.ask) {
    calls.push_back(names ? endpoint->client().LabelNames(bounded, request) : endpoint->client().LabelValues(bounded, request));
  }
  ProxyLabels all{.response = {.values = {}, .warnings = std::move(plan.warnings), .hints = {}}, .outcomes = std::move(plan.outcomes)};
  std::set<std::string> values;
  for (size_t i = 0; i < calls.size(); ++i) {
    const Endpoint& endpoint = *plan.ask[i];
    const Result<LabelsResponse> part = calls[i].Wait(bounded);
    RETURN_IF_ERROR(ctx.Check());
    if (part.ok()) {
      MergeInto(*part, &values, &all.response);
      all.outcomes.push_back({endpoint.address(), part->warnings.empty() ? Outcome::kAnswered : Outcome::kFailed,
                              part->warnings.empty() ? std::string() : part->warnings.front()});
      continue;
    }
    std::string text = FailureText(action, endpoint, part.status());
    if (request.partial_response == PartialResponse::kAbort) return AbortedError(std::move(text));
    all.outcomes.push_back({endpoint.address(), Outcome::kFailed, std::string(part.status().message())});
    all.response.warnings.push_back(std::move(text));
  }
  for (const std::string& name : request.without_replica_labels) {
    if (names) values.erase(name);
    if (name == request.label) values.clear();
  }
  all.response.values.assign(values.begin(), values.end());
  if (request.limit > 0 && values.size() > static_cast<size_t>(request.limit)) all.response.values.resize(static_cast<size_t>(request.limit));
  return all;
}

Result<LabelsResponse> Proxy::LabelNames(const Context& ctx, const LabelsRequest& request) { return TRY(Labels(ctx, request, {})).response; }

Result<LabelsResponse> Proxy::LabelValues(const Context& ctx, const LabelsRequest& request) { return TRY(Labels(ctx, request, {})).response; }

Result<Info> Proxy::Info(const Context& /*ctx*/) {
  epi::storeapi::Info info;
  info.component_type = options_.component_type;
  info.store = StoreInfo{};
  info.store->supports_sharding = true;
  info.store->supports_without_replica_labels = true;
  info.query = true;
  bool first = true;
  for (const auto& endpoint : *stores_->endpoints()) {
    const EndpointState state = endpoint->state();
    // What is lost for the moment still is ours: our callers must learn that it is missing, so they must ask.
    if (state.info == nullptr) continue;
    info.rules = info.rules || state.info->rules;
    info.metric_metadata = info.metric_metadata || state.info->metric_metadata;
    info.targets = info.targets || state.info->targets;
    info.status = info.status || state.info->status;
    if (state.info->exemplars.has_value()) {
      TimeRange range = info.exemplars.value_or(TimeRange{});
      Widen(*state.info->exemplars, &range, !info.exemplars.has_value());
      info.exemplars = range;
    }
    if (!state.info->store.has_value()) continue;
    for (const labels::Labels& set : state.info->label_sets) {
      if (std::find(info.label_sets.begin(), info.label_sets.end(), set) == info.label_sets.end()) info.label_sets.push_back(set);
    }
    const auto& tsdbs = state.info->store->tsdb_infos;
    info.store->tsdb_infos.insert(info.store->tsdb_infos.end(), tsdbs.begin(), tsdbs.end());
    Widen(state.info->store->range, &info.store->range, first);
    first = false;
  }
  return info;
}

}  // namespace epi::storeapi
