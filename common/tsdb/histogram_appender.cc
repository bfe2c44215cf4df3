#include "common/tsdb/histogram_appender.h"

#include <type_traits>
#include <utility>

#include "common/base/check.h"
#include "common/series/sample.h"
#include "common/tsdb/float_histogram_reader.h"
#include "common/tsdb/histogram_reader.h"

namespace epi::tsdb {
namespace {

using series::CounterResetHint;

std::vector<int64_t>& Positive(series::Histogram& histogram) { return histogram.positive_deltas; }
std::vector<int64_t>& Negative(series::Histogram& histogram) { return histogram.negative_deltas; }
std::vector<double>& Positive(series::FloatHistogram& histogram) { return histogram.positive_buckets; }
std::vector<double>& Negative(series::FloatHistogram& histogram) { return histogram.negative_buckets; }
template <typename Sample>
const auto& Positive(const Sample& sample) {
  return Positive(const_cast<Sample&>(sample));  // NOLINT(cppcoreguidelines-pro-type-const-cast): only read.
}
template <typename Sample>
const auto& Negative(const Sample& sample) {
  return Negative(const_cast<Sample&>(sample));  // NOLINT(cppcoreguidelines-pro-type-const-cast): only read.
}

template <typename Sample>
void Spread(const BucketUnion& positive, const BucketUnion& negative, bool as_chunk, Sample* sample) {
  SpreadBuckets(as_chunk ? positive.chunk_places : positive.sample_places, positive.size, &Positive(*sample));
  SpreadBuckets(as_chunk ? negative.chunk_places : negative.sample_places, negative.size, &Negative(*sample));
  sample->positive_spans = positive.spans;
  sample->negative_spans = negative.spans;
}

}  // namespace

template <typename Encoder>
typename HistogramAppender<Encoder>::Fit HistogramAppender<Encoder>::CompareBuckets(const Sample& sample, bool gauge) const {
  Fit fit;
  fit.positive = UniteBuckets(encoder_.layout().positive_spans, encoder_.LastPositive(), sample.positive_spans, Positive(sample), gauge);
  fit.negative = UniteBuckets(encoder_.layout().negative_spans, encoder_.LastNegative(), sample.negative_spans, Negative(sample), gauge);
  fit.ok = !fit.positive.reset && !fit.negative.reset;
  fit.plain = !fit.positive.chunk_grows && !fit.positive.sample_grows && !fit.negative.chunk_grows && !fit.negative.sample_grows;
  fit.header = gauge ? CounterResetHint::kGauge : fit.ok ? CounterResetHint::kNotReset : CounterResetHint::kReset;
  return fit;
}

template <typename Encoder>
typename HistogramAppender<Encoder>::Fit HistogramAppender<Encoder>::Compare(const Sample& sample) const {
  const auto no = [](CounterResetHint header) {
    Fit fit;
    fit.header = header;
    return fit;
  };
  const bool gauge = sample.counter_reset_hint == CounterResetHint::kGauge;
  const bool gauge_chunk = encoder_.reset() == CounterResetHint::kGauge;
  if (gauge && !gauge_chunk) return no(CounterResetHint::kGauge);
  if (!gauge && gauge_chunk) return no(CounterResetHint::kNotReset);
  if (sample.counter_reset_hint == CounterResetHint::kReset) return no(CounterResetHint::kReset);
  if (series::IsStaleNan(sample.sum)) {
    Fit fit;
    fit.ok = true;
    fit.header = gauge ? CounterResetHint::kGauge : CounterResetHint::kNotReset;
    return fit;
  }
  const CounterResetHint changed = gauge ? CounterResetHint::kGauge : CounterResetHint::kUnknown;
  const CounterResetHint fell = gauge ? CounterResetHint::kGauge : CounterResetHint::kReset;
  if (encoder_.last_stale()) return no(changed);
  if (!gauge && sample.count < encoder_.last_count()) return no(fell);
  const HistogramLayout& layout = encoder_.layout();
  if (sample.schema != layout.schema || sample.zero_threshold != layout.zero_threshold) return no(changed);
  if (sample.schema == series::kCustomBucketsSchema && sample.custom_values != layout.custom_values) return no(fell);
  if (!gauge && sample.zero_count < encoder_.last_zero_count()) return no(fell);
  if (sample.positive_spans == layout.positive_spans && sample.negative_spans == layout.negative_spans) {
    if (!gauge && encoder_.AnyBucketFell(sample)) return no(CounterResetHint::kReset);
    Fit fit;
    fit.ok = true;
    fit.header = gauge ? CounterResetHint::kGauge : CounterResetHint::kNotReset;
    return fit;
  }
  return CompareBuckets(sample, gauge);
}

// Decodes the chunk, gives every sample the empty buckets, encodes them again.
template <typename Encoder>
void HistogramAppender<Encoder>::Recode(const Fit& fit) {
  using Reader = std::conditional_t<std::is_same_v<Encoder, HistogramEncoder>, HistogramReader, FloatHistogramReader>;
  const CounterResetHint reset = encoder_.reset();
  const std::string data = encoder_.Finish();
  Reader reader;
  CHECK(reader.Open({encoder_.encoding(), data}).ok());
  Sample sample;
  while (reader.Next().value()) {
    reader.CopyTo(&sample);
    if (!series::IsStaleNan(sample.sum)) Spread(fit.positive, fit.negative, true, &sample);
    encoder_.Append(reader.start_ms(), reader.t_ms(), sample);
  }
  encoder_.SetReset(reset);
}

template <typename Encoder>
void HistogramAppender<Encoder>::Grow(int64_t start_ms, int64_t t_ms, const Sample& sample, const Fit& fit) {
  if (fit.positive.chunk_grows || fit.negative.chunk_grows) Recode(fit);
  Sample grown = sample;
  Spread(fit.positive, fit.negative, false, &grown);
  encoder_.Append(start_ms, t_ms, grown);
}

template <typename Encoder>
EncodedChunk HistogramAppender<Encoder>::TakeChunk() {
  EncodedChunk chunk;
  chunk.encoding = encoder_.encoding();
  chunk.sample_count = encoder_.count();
  chunk.mint_ms = encoder_.first_t_ms();
  chunk.maxt_ms = encoder_.last_t_ms();
  chunk.data = encoder_.Finish();
  return chunk;
}

// The header of the chunk that a sample begins after not going into the one before.
template <typename Encoder>
CounterResetHint HistogramAppender<Encoder>::NextHeader(const Fit& fit, bool cut, std::optional<CounterResetHint> asked) {
  if (fit.header == CounterResetHint::kGauge) return fit.header;
  const bool reset = fit.header == CounterResetHint::kReset;
  if (cut && asked.has_value() && !(reset && *asked == CounterResetHint::kNotReset)) return *asked;
  if (reset) return fit.header;
  if (std::is_same_v<Encoder, HistogramEncoder>) return fit.header;
  // Float chunks know less: not a reset after a planned cut, else unknown.
  return cut ? CounterResetHint::kNotReset : CounterResetHint::kUnknown;
}

template <typename Encoder>
std::optional<EncodedChunk> HistogramAppender<Encoder>::Append(int64_t start_ms, int64_t t_ms, const Sample& sample, bool cut,
                                                              std::optional<CounterResetHint> header) {
  std::optional<EncodedChunk> ended;
  CounterResetHint next_header = sample.counter_reset_hint;
  if (next_header == CounterResetHint::kNotReset) next_header = CounterResetHint::kUnknown;
  if (encoder_.count() > 0) {
    const Fit fit = Compare(sample);
    cut |= encoder_.full();
    if (fit.ok && !cut) {
      if (fit.plain) {
        encoder_.Append(start_ms, t_ms, sample);
      } else {
        Grow(start_ms, t_ms, sample, fit);
      }
      return ended;
    }
    next_header = NextHeader(fit, cut, header);
    ended = TakeChunk();
  }
  encoder_.Append(start_ms, t_ms, sample);
  encoder_.SetReset(next_header);
  return ended;
}

template <typename Encoder>
std::optional<EncodedChunk> HistogramAppender<Encoder>::Finish() {
  if (encoder_.count() == 0) return std::nullopt;
  return TakeChunk();
}

template class HistogramAppender<HistogramEncoder>;
template class HistogramAppender<FloatHistogramEncoder>;

}  // namespace epi::tsdb
