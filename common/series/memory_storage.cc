#include "common/series/memory_storage.h"

#include <algorithm>
#include <bit>
#include <set>

#include "common/base/str_cat.h"
#include "common/series/float_histogram_math.h"

namespace epi::series {
namespace {

// Consecutive samples of one kind, as columns.
struct Run {
  std::vector<int64_t> times_ms;
  std::vector<int64_t> start_times_ms;
  std::vector<double> values;
  std::vector<FloatHistogram> histograms;
  bool has_start_times = false;

  bool is_histogram() const { return !histograms.empty(); }
};

// Would a TSDB append this histogram to the chunk that `last` is in?
bool Continues(const FloatHistogram& last, const FloatHistogram& next) {
  if (last.counter_reset_hint == CounterResetHint::kGauge || next.counter_reset_hint == CounterResetHint::kGauge) return false;
  if (next.counter_reset_hint == CounterResetHint::kReset) return false;
  if (IsStaleNan(next.sum)) return true;
  if (IsStaleNan(last.sum)) return false;
  if (last.schema != next.schema || last.zero_threshold != next.zero_threshold) return false;
  if (last.custom_values != next.custom_values) return false;
  FloatHistogram unhinted = next;
  unhinted.counter_reset_hint = CounterResetHint::kUnknown;
  return !DetectReset(unhinted, last);
}

FloatHistogram StaleHistogram() {
  FloatHistogram stale;
  stale.sum = std::bit_cast<double>(kStaleNanBits);
  return stale;
}

}  // namespace

class MemoryStorage::StoredSeries {
 public:
  StoredSeries(labels::Labels labels, size_t batch_samples_max)
      : labels_(std::move(labels)), batch_samples_max_(batch_samples_max) {}

  const labels::Labels& labels() const { return labels_; }
  const std::vector<Run>& runs() const { return runs_; }
  size_t batch_samples_max() const { return batch_samples_max_; }

  bool HasSampleIn(int64_t mint_ms, int64_t maxt_ms) const {
    return std::any_of(runs_.begin(), runs_.end(), [=](const Run& run) {
      const auto first = std::lower_bound(run.times_ms.begin(), run.times_ms.end(), mint_ms);
      return first != run.times_ms.end() && *first <= maxt_ms;
    });
  }

  Status Append(const StoredSample& sample) {
    if (!runs_.empty() && sample.t_ms <= runs_.back().times_ms.back()) {
      if (IsNewest(sample)) return OkStatus();
      return FailedPreconditionError(StrCat("sample of ", labels_.ToString(), " at ", sample.t_ms, " ms is out of order"));
    }
    if (sample.histogram != nullptr) {
      AppendHistogram(*sample.histogram, sample);
    } else if (IsStaleNan(sample.value) && !runs_.empty() && runs_.back().is_histogram()) {
      AppendHistogram(StaleHistogram(), sample);
    } else {
      RunFor(false, sample)->values.push_back(sample.value);
    }
    return OkStatus();
  }

 private:
  bool IsNewest(const StoredSample& sample) const {
    const Run& run = runs_.back();
    if (run.times_ms.back() != sample.t_ms || run.is_histogram() != (sample.histogram != nullptr)) return false;
    if (run.is_histogram()) return EqualBits(run.histograms.back(), *sample.histogram);
    return std::bit_cast<uint64_t>(run.values.back()) == std::bit_cast<uint64_t>(sample.value);
  }

  void AppendHistogram(const FloatHistogram& histogram, const StoredSample& sample) {
    const bool continues = !runs_.empty() && runs_.back().is_histogram() && Continues(runs_.back().histograms.back(), histogram);
    Run* const run = RunFor(true, sample);
    run->histograms.push_back(histogram);
    CounterResetHint& hint = run->histograms.back().counter_reset_hint;
    if (hint != CounterResetHint::kGauge) hint = continues ? CounterResetHint::kNotReset : CounterResetHint::kUnknown;
  }

  // The run to append to, with the sample's times appended.
  Run* RunFor(bool histogram, const StoredSample& sample) {
    if (runs_.empty() || runs_.back().is_histogram() != histogram) runs_.emplace_back();
    Run* const run = &runs_.back();
    run->times_ms.push_back(sample.t_ms);
    run->start_times_ms.push_back(sample.start_ms);
    run->has_start_times |= sample.start_ms != 0;
    return run;
  }

  const labels::Labels labels_;
  const size_t batch_samples_max_;
  std::vector<Run> runs_;
};

namespace {

using SeriesPtr = std::shared_ptr<const MemoryStorage::StoredSeries>;

class MemoryCursor final : public SampleCursor {
 public:
  MemoryCursor(SeriesPtr series, int64_t mint_ms, int64_t maxt_ms)
      : series_(std::move(series)), mint_ms_(mint_ms), maxt_ms_(maxt_ms) {}

  Result<const SampleBatch*> Next() override {
    for (; run_ < series_->runs().size(); ++run_, position_ = 0) {
      const Run& run = series_->runs()[run_];
      while (position_ < run.times_ms.size() && run.times_ms[position_] < mint_ms_) ++position_;
      size_t end = position_;
      while (end < run.times_ms.size() && run.times_ms[end] <= maxt_ms_ && end - position_ < series_->batch_samples_max()) ++end;
      if (end == position_) continue;
      Fill(run, position_, end - position_);
      position_ = end;
      return static_cast<const SampleBatch*>(&batch_);
    }
    return static_cast<const SampleBatch*>(nullptr);
  }

  void SkipTo(int64_t t_ms) override { mint_ms_ = std::max(mint_ms_, t_ms); }

 private:
  void Fill(const Run& run, size_t begin, size_t size) {
    batch_ = {};
    batch_.times_ms = std::span(run.times_ms).subspan(begin, size);
    if (run.is_histogram()) {
      batch_.histograms = std::span(run.histograms).subspan(begin, size);
    } else {
      batch_.values = std::span(run.values).subspan(begin, size);
    }
    if (run.has_start_times) batch_.start_times_ms = std::span(run.start_times_ms).subspan(begin, size);
  }

  const SeriesPtr series_;
  int64_t mint_ms_;
  const int64_t maxt_ms_;
  size_t run_ = 0;
  size_t position_ = 0;
  SampleBatch batch_;
};

class MemorySeries final : public Series {
 public:
  MemorySeries(SeriesPtr series, int64_t mint_ms, int64_t maxt_ms)
      : series_(std::move(series)), mint_ms_(mint_ms), maxt_ms_(maxt_ms) {}

  const labels::Labels& labels() const override { return series_->labels(); }
  using Series::Samples;
  Result<std::unique_ptr<SampleCursor>> Samples(std::unique_ptr<SampleCursor> /*reuse*/) const override {
    return std::unique_ptr<SampleCursor>(std::make_unique<MemoryCursor>(series_, mint_ms_, maxt_ms_));
  }

 private:
  const SeriesPtr series_;
  const int64_t mint_ms_;
  const int64_t maxt_ms_;
};

class MemorySeriesSet final : public SeriesSet {
 public:
  MemorySeriesSet(std::vector<SeriesPtr> series, int64_t mint_ms, int64_t maxt_ms)
      : series_(std::move(series)), mint_ms_(mint_ms), maxt_ms_(maxt_ms) {}

  Result<std::unique_ptr<Series>> Next() override {
    if (next_ == series_.size()) return std::unique_ptr<Series>();
    return std::unique_ptr<Series>(std::make_unique<MemorySeries>(series_[next_++], mint_ms_, maxt_ms_));
  }

 private:
  const std::vector<SeriesPtr> series_;
  const int64_t mint_ms_;
  const int64_t maxt_ms_;
  size_t next_ = 0;
};

LabelStrings Limited(const std::set<std::string, std::less<>>& sorted, int64_t limit) {
  LabelStrings strings;
  strings.values.assign(sorted.begin(), sorted.end());
  if (limit > 0 && strings.values.size() > static_cast<size_t>(limit)) strings.values.resize(static_cast<size_t>(limit));
  return strings;
}

}  // namespace

MemoryStorage::MemoryStorage(size_t batch_samples_max) : batch_samples_max_(batch_samples_max) {}
MemoryStorage::~MemoryStorage() = default;

Status MemoryStorage::Append(const labels::Labels& labels, std::span<const StoredSample> samples) {
  if (samples.empty()) return OkStatus();
  std::shared_ptr<StoredSeries>& series = series_[labels];
  // Readers of the old content keep it.
  series = series == nullptr ? std::make_shared<StoredSeries>(labels, batch_samples_max_) : std::make_shared<StoredSeries>(*series);
  for (const StoredSample& sample : samples) RETURN_IF_ERROR(series->Append(sample));
  return OkStatus();
}

std::vector<SeriesPtr> MemoryStorage::Find(const labels::Matchers& matchers, int64_t mint_ms, int64_t maxt_ms) const {
  std::vector<SeriesPtr> found;
  for (const auto& [labels, series] : series_) {
    if (labels::MatchesAll(matchers, labels) && series->HasSampleIn(mint_ms, maxt_ms)) found.push_back(series);
  }
  return found;
}

Result<std::unique_ptr<SeriesSet>> MemoryStorage::Select(const Context& ctx,
                                                                 const SelectRequest& request) const {
  RETURN_IF_ERROR(ctx.Check());
  return std::unique_ptr<SeriesSet>(std::make_unique<MemorySeriesSet>(
      Find(request.matchers, request.mint_ms, request.maxt_ms), request.mint_ms, request.maxt_ms));
}

Result<LabelStrings> MemoryStorage::LabelNames(const Context& ctx, const LabelRequest& request) const {
  RETURN_IF_ERROR(ctx.Check());
  std::set<std::string, std::less<>> names;
  for (const SeriesPtr& series : Find(request.matchers, request.mint_ms, request.maxt_ms)) {
    for (const labels::Label label : series->labels()) names.emplace(label.name);
  }
  return Limited(names, request.limit);
}

Result<LabelStrings> MemoryStorage::LabelValues(const Context& ctx, const std::string& name,
                                                        const LabelRequest& request) const {
  RETURN_IF_ERROR(ctx.Check());
  std::set<std::string, std::less<>> values;
  for (const SeriesPtr& series : Find(request.matchers, request.mint_ms, request.maxt_ms)) {
    if (series->labels().Has(name)) values.emplace(series->labels().Get(name));
  }
  return Limited(values, request.limit);
}

}  // namespace epi::series
