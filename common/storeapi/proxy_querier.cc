#include "common/storeapi/proxy_querier.h"

#include <algorithm>
#include <utility>

#include "common/base/str_cat.h"
#include "common/series/dedup.h"
#include "common/storeapi/remote_series.h"

namespace epi::storeapi {
namespace {

std::string SelectorText(const labels::Matchers& matchers) {
  std::string text = "{";
  for (const labels::Matcher& matcher : matchers) StrAppend(&text, text.size() > 1 ? ", " : "", matcher.ToString());
  return text + "}";
}

// Functions that cannot work on a point per window need two of them inside the range.
bool NeedsTwoSamples(std::string_view func) {
  for (const std::string_view name : {"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "double_exponential_smoothing"}) {
    if (func == name) return true;
  }
  return false;
}

class ProxySeriesSet : public series::SeriesSet {
 public:
  ProxySeriesSet(const Proxy* proxy, std::unique_ptr<SeriesMerge> merge, const DecodeOptions& decode, std::string selector,
                 std::shared_ptr<CompletenessLog> log)
      : proxy_(proxy), merge_(std::move(merge)), decode_(decode), selector_(std::move(selector)), log_(std::move(log)) {}

  ~ProxySeriesSet() override {
    if (!done_) log_->Add(merge_->Outcomes());
  }

  Result<std::unique_ptr<series::Series>> Next() override {
    if (done_) return nullptr;
    auto series = merge_->Next();
    if (!series.ok()) return series.status().WithContext(selector_);
    if (!series->has_value()) {
      Finish();
      return nullptr;
    }
    ++series_count_;
    chunk_count_ += (*series)->chunks.size();
    return MakeRemoteSeries(std::move(**series), decode_);
  }
  // What is known so far: a caller with a limit may leave before the end.
  std::vector<std::string> Warnings() const override { return done_ ? warnings_ : merge_->Warnings(); }

 private:
  void Finish() {
    done_ = true;
    warnings_ = merge_->Warnings();
    log_->Add(merge_->Outcomes());
    proxy_->Observe(*merge_, series_count_, chunk_count_, std::chrono::steady_clock::now() - begin_);
    merge_.reset();
  }

  const Proxy* const proxy_;
  std::unique_ptr<SeriesMerge> merge_;
  const DecodeOptions decode_;
  const std::string selector_;
  const std::shared_ptr<CompletenessLog> log_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  uint64_t series_count_ = 0;
  uint64_t chunk_count_ = 0;
  bool done_ = false;
  std::vector<std::string> warnings_;
};

}  // namespace

SeriesRequest ProxyQuerier::ToSeriesRequest(const series::SelectRequest& request) const {
  const series::SelectHints& hints = request.hints;
  SeriesRequest out;
  out.mint_ms = request.mint_ms;
  out.maxt_ms = request.maxt_ms;
  out.matchers = request.matchers;
  out.max_resolution_window_ms = options_.max_source_resolution_ms;
  if (hints.range_ms > 0 && NeedsTwoSamples(hints.func)) out.max_resolution_window_ms = std::min(out.max_resolution_window_ms, hints.range_ms / 2);
  out.aggregates = AggregatesOf(AggregateUseOf(hints.func));
  out.partial_response = options_.partial_response ? PartialResponse::kWarn : PartialResponse::kAbort;
  out.skip_chunks = hints.series_only;
  QueryHints query_hints{.step_ms = hints.step_ms, .func = hints.func, .by = {}, .grouping = hints.grouping, .range_ms = {},
                         .projection_labels = {}, .projection_include = false, .series_hash_label_name = {}};
  if (!hints.grouping.empty() || hints.by) query_hints.by = hints.by;
  if (hints.range_ms > 0) query_hints.range_ms = hints.range_ms;
  out.query_hints = std::move(query_hints);
  out.shard_info = options_.shard_info;
  if (options_.dedup) out.without_replica_labels = options_.replica_labels;
  out.limit = hints.limit;
  out.tenant = options_.tenant;
  return out;
}

Result<std::unique_ptr<series::SeriesSet>> ProxyQuerier::Select(const Context& ctx, const series::SelectRequest& request) const {
  DecodeOptions decode;
  decode.mint_ms = request.mint_ms;
  decode.maxt_ms = request.maxt_ms;
  decode.dedup = options_.dedup;
  decode.use = AggregateUseOf(request.hints.func);
  decode.counter = series::IsCounterFunction(request.hints.func);
  std::string selector = SelectorText(request.matchers);
  auto merge = proxy_->OpenSeries(ctx, ToSeriesRequest(request), options_.store_matchers);
  if (!merge.ok()) return merge.status().WithContext(selector);
  return std::make_unique<ProxySeriesSet>(proxy_, std::move(*merge), decode, std::move(selector), log_);
}

Result<series::LabelStrings> ProxyQuerier::Labels(const Context& ctx, const std::string& name, const series::LabelRequest& request) const {
  LabelsRequest out;
  out.label = name;
  out.mint_ms = request.mint_ms;
  out.maxt_ms = request.maxt_ms;
  out.matchers = request.matchers;
  out.partial_response = options_.partial_response ? PartialResponse::kWarn : PartialResponse::kAbort;
  if (options_.dedup) out.without_replica_labels = options_.replica_labels;
  out.limit = request.limit;
  out.tenant = options_.tenant;
  ProxyLabels answer = TRY(proxy_->Labels(ctx, out, options_.store_matchers));
  log_->Add(answer.outcomes);
  return series::LabelStrings{.values = std::move(answer.response.values), .warnings = std::move(answer.response.warnings)};
}

Result<series::LabelStrings> ProxyQuerier::LabelNames(const Context& ctx, const series::LabelRequest& request) const {
  return Labels(ctx, std::string(), request);
}

Result<series::LabelStrings> ProxyQuerier::LabelValues(const Context& ctx, const std::string& name, const series::LabelRequest& request) const {
  if (name.empty()) return InvalidArgumentError("label name parameter cannot be empty");
  return Labels(ctx, name, request);
}

}  // namespace epi::storeapi
