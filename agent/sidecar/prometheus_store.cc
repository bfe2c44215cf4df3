#include "agent/sidecar/prometheus_store.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "agent/sidecar/external_matchers.h"
#include "common/base/clock.h"
#include "common/base/str_cat.h"
#include "common/labels/name.h"

namespace epi::agent {
namespace {

// The external labels that an answer carries: all but the replica labels its asker does not want.
labels::Labels AddedLabels(const labels::Labels& external, const storeapi::SeriesRequest& request) {
  return external.Without(request.without_replica_labels);
}

// True when matchers on series' own labels were given: a label call then needs a matching series to exist.
bool HasOwnMatchers(const storeapi::LabelsRequest& request, const labels::Labels& external) {
  return std::any_of(request.matchers.begin(), request.matchers.end(),
                     [&](const labels::Matcher& matcher) { return !external.Has(matcher.name()); });
}

storeapi::LabelsResponse Sorted(std::vector<std::string> values, std::vector<std::string> warnings) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return {std::move(values), std::move(warnings), {}};
}

}  // namespace

PrometheusStore::PrometheusStore(const PrometheusClient* client, PrometheusMonitor* monitor)
    : client_(client), monitor_(monitor), reads_({.name = "remote reads", .running_max = kReadsMax}) {}

Result<std::shared_ptr<const PrometheusState>> PrometheusStore::UpState() const {
  auto state = monitor_->Snapshot();
  if (!state->up) return UnavailableError(StrCat("Prometheus ", client_->display_url(), " is down: ", state->why_down));
  return state;
}

Status PrometheusStore::ReadInto(const Context& ctx, const storeapi::SeriesRequest& request, const MetadataQuery& query,
                                 SeriesMerge* merge, storeapi::SeriesSink* sink) {
  if (request.skip_chunks) {
    const auto warnings =
        TRY(client_->Series(ctx, query, [&](const labels::Labels& labels) { return merge->Push({labels, {}}); }));
    for (const std::string& warning : warnings) RETURN_IF_ERROR(sink->Warning(ctx, warning));
    return OkStatus();
  }
  const auto permit = TRY(reads_.Acquire(ctx));
  ReadQuery read{.mint_ms = query.mint_ms, .maxt_ms = query.maxt_ms, .matchers = query.matchers};
  if (request.query_hints.has_value()) {
    read.step_ms = request.query_hints->step_ms;
    read.range_ms = request.query_hints->range_ms.value_or(0);
    read.func = request.query_hints->func;
  }
  return client_->Read(ctx, read, [&](const ReadSeries& series) { return merge->Push(series); });
}

Status PrometheusStore::Attempt(const Context& ctx, const storeapi::SeriesRequest& request, const PrometheusState& state,
                                SeriesMerge::Mode mode, storeapi::SeriesSink* sink, bool* sent) {
  auto matchers = WithoutExternal(request.matchers, state.external_labels);
  MetadataQuery query{.mint_ms = std::max(request.mint_ms, state.mint_ms), .maxt_ms = request.maxt_ms};
  if (!matchers.has_value() || query.maxt_ms < query.mint_ms) return OkStatus();
  query.matchers = *std::move(matchers);
  SeriesMerge merge(mode, state.external_labels, AddedLabels(state.external_labels, request), ctx.memory(),
                    [&](const labels::Labels& labels, std::string_view encoded, size_t chunks) {
                      *sent = true;
                      return sink->Series(ctx, labels, encoded, chunks);
                    });
  RETURN_IF_ERROR(ReadInto(ctx, request, query, &merge, sink));
  return merge.Finish();
}

Status PrometheusStore::Series(const Context& ctx, const storeapi::SeriesRequest& request, storeapi::SeriesSink* sink) {
  const auto state = TRY(UpState());
  // /api/v1/series answers in Prometheus' order with own labels only, as remote read does before it merges.
  const auto mode = state->labels_collide ? SeriesMerge::Mode::kSorted : SeriesMerge::Mode::kStreamed;
  bool sent = false;
  const Status status = Attempt(ctx, request, *state, mode, sink, &sent);
  if (status.code() != StatusCode::kAborted || mode == SeriesMerge::Mode::kSorted) return status;
  // The first series with an own label of an external name: from now on answers are sorted as a whole.
  monitor_->NoteCollision();
  if (sent) return status;
  return Attempt(ctx, request, *state, SeriesMerge::Mode::kSorted, sink, &sent);
}

std::optional<MetadataQuery> PrometheusStore::QueryFor(const PrometheusState& state,
                                                       const storeapi::LabelsRequest& request) const {
  MetadataQuery query{.mint_ms = std::max(request.mint_ms, state.mint_ms), .maxt_ms = request.maxt_ms};
  auto matchers = WithoutExternal(request.matchers, state.external_labels);
  if (!matchers.has_value() || query.maxt_ms < query.mint_ms) return std::nullopt;
  // Without matchers on own labels the plain call is meant, not "all series".
  if (HasOwnMatchers(request, state.external_labels)) query.matchers = *std::move(matchers);
  return query;
}

Result<MetadataAnswer> PrometheusStore::FromSeries(const Context& ctx, const MetadataQuery& query,
                                                   const std::string* name) const {
  std::set<std::string> found;
  MetadataAnswer answer;
  answer.warnings = TRY(client_->Series(ctx, query, [&](const labels::Labels& labels) {
    for (const labels::Label label : labels) {
      if (name == nullptr) {
        found.emplace(label.name);
      } else if (label.name == *name) {
        found.emplace(label.value);
      }
    }
    return OkStatus();
  }));
  answer.values.assign(found.begin(), found.end());
  return answer;
}

Result<bool> PrometheusStore::AnySeries(const Context& ctx, MetadataQuery query) const {
  bool any = false;
  query.limit = 1;
  const auto warnings = client_->Series(ctx, query, [&](const labels::Labels&) {
    any = true;
    return OkStatus();
  });
  if (!warnings.ok()) return warnings.status();
  return any;
}

Result<storeapi::LabelsResponse> PrometheusStore::LabelNames(const Context& ctx, const storeapi::LabelsRequest& request) {
  const auto state = TRY(UpState());
  const auto query = QueryFor(*state, request);
  if (!query.has_value()) return storeapi::LabelsResponse();
  const bool old = !query->matchers.empty() && state->version < kLabelMatchersSince;
  MetadataAnswer answer = old ? TRY(FromSeries(ctx, *query, nullptr)) : TRY(client_->LabelNames(ctx, *query));
  if (!answer.values.empty() || query->matchers.empty()) {
    for (const labels::Label label : state->external_labels.Without(request.without_replica_labels)) {
      answer.values.emplace_back(label.name);
    }
  }
  return Sorted(std::move(answer.values), std::move(answer.warnings));
}

Result<storeapi::LabelsResponse> PrometheusStore::LabelValues(const Context& ctx, const storeapi::LabelsRequest& request) {
  const auto state = TRY(UpState());
  const auto query = QueryFor(*state, request);
  if (!query.has_value()) return storeapi::LabelsResponse();
  const std::string_view external = state->external_labels.Get(request.label);
  if (!external.empty()) {
    const bool any = query->matchers.empty() || TRY(AnySeries(ctx, *query));
    return any ? Sorted({std::string(external)}, {}) : storeapi::LabelsResponse();
  }
  // No series there can have such a label.
  if (state->version < kUtf8NamesSince && !labels::IsLegacyLabelName(request.label)) return storeapi::LabelsResponse();
  const bool old = !query->matchers.empty() && state->version < kLabelMatchersSince;
  MetadataAnswer answer =
      old ? TRY(FromSeries(ctx, *query, &request.label)) : TRY(client_->LabelValues(ctx, request.label, *query));
  return Sorted(std::move(answer.values), std::move(answer.warnings));
}

Result<storeapi::Info> PrometheusStore::Info(const Context&) {
  const auto state = TRY(UpState());
  storeapi::Info info;
  info.component_type = "sidecar";
  info.label_sets = {state->external_labels};
  const storeapi::TimeRange range{state->mint_ms, std::numeric_limits<int64_t>::max()};
  info.store = storeapi::StoreInfo{.range = range,
                                   .supports_sharding = true,
                                   .supports_without_replica_labels = true,
                                   .tsdb_infos = {{state->external_labels, range}}};
  info.clock_ms = Clock::System().NowMs() + state->clock_ahead_ms;
  info.rules = true;
  info.targets = true;
  info.metric_metadata = true;
  // As Thanos' sidecar: Prometheus does not tell of which times it has exemplars.
  info.exemplars = storeapi::TimeRange{0, 0};
  return info;
}

}  // namespace epi::agent
