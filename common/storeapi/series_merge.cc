#include "common/storeapi/series_merge.h"

#include <algorithm>
#include <utility>

namespace epi::storeapi {

// One endpoint's stream and the series it stands at.
struct SeriesMerge::Source {
  Source(std::shared_ptr<Endpoint> to_ask, std::unique_ptr<SeriesStream> call, std::vector<std::string> replica_labels)
      : endpoint(std::move(to_ask)), stream(std::move(call), std::move(replica_labels)) {}

  const std::shared_ptr<Endpoint> endpoint;
  OrderedStream stream;
  std::optional<ChunkSeries> head;
  bool any = false;
  Status failure;
};

bool SeriesMerge::HeadLess::operator()(size_t a, size_t b) const {
  const std::optional<ChunkSeries>& x = (*sources)[a]->head;
  const std::optional<ChunkSeries>& y = (*sources)[b]->head;
  if (!x.has_value() || !y.has_value()) return x.has_value() && !y.has_value();
  return x->labels < y->labels;
}

SeriesMerge::SeriesMerge(const Context& ctx, const SeriesRequest& request, FanoutPlan plan, const SeriesMergeOptions& options)
    : ctx_(ctx), request_(request), shard_(request.shard_info), plan_(std::move(plan)) {
  for (const std::shared_ptr<Endpoint>& endpoint : plan_.ask) {
    sources_.push_back(std::make_unique<Source>(endpoint, endpoint->client().Series(ctx, request, options.response_timeout),
                                                request.without_replica_labels));
  }
}

SeriesMerge::~SeriesMerge() = default;

Status SeriesMerge::Fail(Source* source, const Status& status) {
  if (source->stream.stream().query_failed()) return status;
  source->failure = status;
  source->head.reset();
  if (request_.partial_response == PartialResponse::kWarn) return OkStatus();
  return AbortedError(FailureText("receive series", *source->endpoint, status));
}

Status SeriesMerge::Advance(size_t source) {
  Source& advanced = *sources_[source];
  auto next = advanced.stream.Next();
  if (!next.ok()) return Fail(&advanced, next.status());
  advanced.head = std::move(*next);
  advanced.any = advanced.any || advanced.head.has_value();
  // An endpoint below may warn of missing parts although it was asked to abort.
  const auto& warnings = advanced.stream.stream().warnings();
  if (advanced.head.has_value() || warnings.empty() || request_.partial_response == PartialResponse::kWarn) return OkStatus();
  return AbortedError(FailureText("receive series", *advanced.endpoint, UnknownError(warnings.front())));
}

Status SeriesMerge::Start() {
  for (size_t i = 0; i < sources_.size(); ++i) RETURN_IF_ERROR(Advance(i));
  tree_.emplace(sources_.size(), HeadLess{&sources_});
  return OkStatus();
}

Result<std::optional<ChunkSeries>> SeriesMerge::NextMerged() {
  if (sources_.empty()) return std::optional<ChunkSeries>();
  if (!tree_.has_value()) RETURN_IF_ERROR(Start());
  std::optional<ChunkSeries> first;
  std::vector<ChunkSeries> others;
  for (;;) {
    std::optional<ChunkSeries>& head = sources_[tree_->winner()]->head;
    if (!head.has_value() || (first.has_value() && first->labels != head->labels)) break;
    if (first.has_value()) {
      others.push_back(std::move(*head));
    } else {
      first = std::move(head);
    }
    RETURN_IF_ERROR(Advance(tree_->winner()));
    tree_->Replay();
  }
  if (!first.has_value()) return first;
  return std::optional<ChunkSeries>(Combine(std::move(*first), std::move(others)));
}

Result<std::optional<ChunkSeries>> SeriesMerge::Next() {
  for (;;) {
    RETURN_IF_ERROR(ctx_.Check());
    if (request_.limit > 0 && returned_ >= request_.limit) return std::optional<ChunkSeries>();
    std::optional<ChunkSeries> series = TRY(NextMerged());
    if (!series.has_value()) return series;
    // Endpoints that know nothing of shards send all.
    if (!shard_.Matches(series->labels)) continue;
    ++returned_;
    return series;
  }
}

std::vector<std::string> SeriesMerge::Warnings() const {
  std::vector<std::string> all = plan_.warnings;
  for (const auto& source : sources_) {
    for (const std::string& warning : source->stream.stream().warnings()) {
      if (std::find(all.begin(), all.end(), warning) == all.end()) all.push_back(warning);
    }
    if (!source->failure.ok()) all.push_back(FailureText("receive series", *source->endpoint, source->failure));
  }
  return all;
}

std::vector<EndpointOutcome> SeriesMerge::Outcomes() const {
  std::vector<EndpointOutcome> all = plan_.outcomes;
  for (const auto& source : sources_) {
    const auto& warnings = source->stream.stream().warnings();
    // An endpoint that warns answered for its own failing parts: not whole either.
    if (!source->failure.ok()) {
      all.push_back({source->endpoint->address(), Outcome::kFailed, std::string(source->failure.message())});
    } else if (!warnings.empty()) {
      all.push_back({source->endpoint->address(), Outcome::kFailed, warnings.front()});
    } else {
      all.push_back({source->endpoint->address(), Outcome::kAnswered, {}});
    }
  }
  return all;
}

std::vector<std::string> SeriesMerge::Hints() const {
  std::vector<std::string> all;
  for (const auto& source : sources_) {
    const auto& hints = source->stream.stream().hints();
    all.insert(all.end(), hints.begin(), hints.end());
  }
  return all;
}

size_t SeriesMerge::empty_answers() const {
  return static_cast<size_t>(
      std::count_if(sources_.begin(), sources_.end(), [](const auto& source) { return !source->any && source->failure.ok(); }));
}

}  // namespace epi::storeapi
