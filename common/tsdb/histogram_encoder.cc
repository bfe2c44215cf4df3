#include "common/tsdb/histogram_encoder.h"

#include <bit>
#include <utility>

#include "common/base/check.h"
#include "common/series/sample.h"
#include "common/tsdb/varbit.h"

namespace epi::tsdb {
namespace {

template <typename Histogram>
HistogramLayout LayoutOf(const Histogram& histogram) {
  if (series::IsStaleNan(histogram.sum)) return {};
  return {histogram.schema, histogram.zero_threshold, histogram.positive_spans, histogram.negative_spans,
          histogram.schema == series::kCustomBucketsSchema ? histogram.custom_values : std::vector<double>()};
}

}  // namespace

void HistogramChunkWriter::Begin(HistogramLayout layout) {
  layout_ = std::move(layout);
  writer_.Write(0, 8 * kHistogramHeaderBytes);  // Known in Finish().
  WriteHistogramLayout(&writer_, layout_);
  start_times_ = {};
  t_step_ = 0;
}

void HistogramChunkWriter::WriteTime(int64_t t_ms) {
  if (count_ == 0) {
    first_t_ms_ = t_ms;
    return WriteVarbitInt(&writer_, t_ms);
  }
  const uint64_t step = static_cast<uint64_t>(t_ms) - static_cast<uint64_t>(last_t_ms_);
  WriteVarbitInt(&writer_, static_cast<int64_t>(step - t_step_));
  t_step_ = step;
}

void HistogramChunkWriter::EndSample(int64_t start_ms, int64_t t_ms) {
  if (HasStartTimes(encoding_)) start_times_.Write(&writer_, count_, t_ms, last_t_ms_, start_ms);
  last_t_ms_ = t_ms;
  ++count_;
}

std::string HistogramChunkWriter::Finish() {
  CHECK(count_ > 0);
  std::string data = writer_.Finish();
  PatchHistogramHeader(encoding_, {count_, reset_, start_times_.header()}, &data);
  count_ = 0;
  reset_ = series::CounterResetHint::kUnknown;
  return data;
}

// Returns the change of the change.
int64_t HistogramEncoder::Field::Set(uint64_t next) {
  const uint64_t next_step = next - value;
  const uint64_t dod = next_step - step;
  *this = {next, next_step};
  return static_cast<int64_t>(dod);
}

bool HistogramEncoder::last_stale() const { return sum_.last == series::kStaleNanBits; }

void HistogramEncoder::Append(int64_t start_ms, int64_t t_ms, const series::Histogram& histogram) {
  CHECK(!full());
  if (count() == 0) {
    AppendFirst(t_ms, histogram);
  } else {
    AppendLater(t_ms, histogram);
  }
  EndSample(start_ms, t_ms);
}

void HistogramEncoder::AppendFirst(int64_t t_ms, const series::Histogram& histogram) {
  const bool stale = series::IsStaleNan(histogram.sum);
  Begin(LayoutOf(histogram));
  WriteTime(t_ms);
  last_count_ = {stale ? 0 : histogram.count, 0};
  last_zero_count_ = {stale ? 0 : histogram.zero_count, 0};
  sum_ = {.last = std::bit_cast<uint64_t>(histogram.sum), .window = {}};
  WriteVarbitUint(&writer_, last_count_.value);
  WriteVarbitUint(&writer_, last_zero_count_.value);
  writer_.Write(sum_.last, 64);
  positive_.clear();
  negative_.clear();
  if (stale) return;
  CHECK(histogram.positive_deltas.size() == BucketCount(histogram.positive_spans));
  CHECK(histogram.negative_deltas.size() == BucketCount(histogram.negative_spans));
  for (const int64_t delta : histogram.positive_deltas) {
    WriteVarbitInt(&writer_, delta);
    positive_.push_back({static_cast<uint64_t>(delta), 0});
  }
  for (const int64_t delta : histogram.negative_deltas) {
    WriteVarbitInt(&writer_, delta);
    negative_.push_back({static_cast<uint64_t>(delta), 0});
  }
}

void HistogramEncoder::AppendLater(int64_t t_ms, const series::Histogram& histogram) {
  WriteTime(t_ms);
  if (series::IsStaleNan(histogram.sum)) {
    // The counts of a stale marker mean nothing: the cheapest bits.
    WriteVarbitInt(&writer_, 0);
    WriteVarbitInt(&writer_, 0);
    return sum_.Write(&writer_, series::kStaleNanBits);
  }
  CHECK(!last_stale());
  CHECK(histogram.positive_deltas.size() == positive_.size() && histogram.negative_deltas.size() == negative_.size());
  WriteVarbitInt(&writer_, last_count_.Set(histogram.count));
  WriteVarbitInt(&writer_, last_zero_count_.Set(histogram.zero_count));
  sum_.Write(&writer_, std::bit_cast<uint64_t>(histogram.sum));
  for (size_t i = 0; i < positive_.size(); ++i) {
    WriteVarbitInt(&writer_, positive_[i].Set(static_cast<uint64_t>(histogram.positive_deltas[i])));
  }
  for (size_t i = 0; i < negative_.size(); ++i) {
    WriteVarbitInt(&writer_, negative_[i].Set(static_cast<uint64_t>(histogram.negative_deltas[i])));
  }
}

std::vector<int64_t> HistogramEncoder::LastPositive() const {
  std::vector<int64_t> deltas;
  for (const Field& field : positive_) deltas.push_back(static_cast<int64_t>(field.value));
  return deltas;
}
std::vector<int64_t> HistogramEncoder::LastNegative() const {
  std::vector<int64_t> deltas;
  for (const Field& field : negative_) deltas.push_back(static_cast<int64_t>(field.value));
  return deltas;
}

bool HistogramEncoder::AnyBucketFell(const series::Histogram& histogram) const {
  const auto fell = [](const std::vector<Field>& last, const std::vector<int64_t>& deltas) {
    uint64_t before = 0;
    uint64_t now = 0;
    bool any = false;
    for (size_t i = 0; i < last.size(); ++i) {
      before += last[i].value;
      now += static_cast<uint64_t>(deltas[i]);
      any |= static_cast<int64_t>(before) > static_cast<int64_t>(now);
    }
    return any;
  };
  return fell(positive_, histogram.positive_deltas) || fell(negative_, histogram.negative_deltas);
}

bool FloatHistogramEncoder::AnyBucketFell(const series::FloatHistogram& histogram) const {
  const auto fell = [](const std::vector<XorWriter>& last, const std::vector<double>& counts) {
    bool any = false;
    for (size_t i = 0; i < last.size(); ++i) any |= std::bit_cast<double>(last[i].last) > counts[i];
    return any;
  };
  return fell(positive_, histogram.positive_buckets) || fell(negative_, histogram.negative_buckets);
}

bool FloatHistogramEncoder::last_stale() const { return sum_.last == series::kStaleNanBits; }
double FloatHistogramEncoder::last_count() const { return std::bit_cast<double>(count_.last); }
double FloatHistogramEncoder::last_zero_count() const { return std::bit_cast<double>(zero_count_.last); }

void FloatHistogramEncoder::Append(int64_t start_ms, int64_t t_ms, const series::FloatHistogram& histogram) {
  CHECK(!full());
  if (count() == 0) {
    AppendFirst(t_ms, histogram);
  } else {
    AppendLater(t_ms, histogram);
  }
  EndSample(start_ms, t_ms);
}

void FloatHistogramEncoder::AppendFirst(int64_t t_ms, const series::FloatHistogram& histogram) {
  const bool stale = series::IsStaleNan(histogram.sum);
  const auto write_raw = [this](double value) {
    const XorWriter raw{.last = std::bit_cast<uint64_t>(value), .window = {}};
    writer_.Write(raw.last, 64);
    return raw;
  };
  Begin(LayoutOf(histogram));
  WriteTime(t_ms);
  count_ = write_raw(stale ? 0 : histogram.count);
  zero_count_ = write_raw(stale ? 0 : histogram.zero_count);
  sum_ = write_raw(histogram.sum);
  positive_.clear();
  negative_.clear();
  if (stale) return;
  CHECK(histogram.positive_buckets.size() == BucketCount(histogram.positive_spans));
  CHECK(histogram.negative_buckets.size() == BucketCount(histogram.negative_spans));
  for (const double count : histogram.positive_buckets) positive_.push_back(write_raw(count));
  for (const double count : histogram.negative_buckets) negative_.push_back(write_raw(count));
}

void FloatHistogramEncoder::AppendLater(int64_t t_ms, const series::FloatHistogram& histogram) {
  const bool stale = series::IsStaleNan(histogram.sum);
  WriteTime(t_ms);
  count_.Write(&writer_, std::bit_cast<uint64_t>(stale ? 0.0 : histogram.count));
  zero_count_.Write(&writer_, std::bit_cast<uint64_t>(stale ? 0.0 : histogram.zero_count));
  const bool after_stale = last_stale();
  sum_.Write(&writer_, std::bit_cast<uint64_t>(histogram.sum));
  if (stale) return;
  CHECK(!after_stale);
  CHECK(histogram.positive_buckets.size() == positive_.size() && histogram.negative_buckets.size() == negative_.size());
  for (size_t i = 0; i < positive_.size(); ++i) positive_[i].Write(&writer_, std::bit_cast<uint64_t>(histogram.positive_buckets[i]));
  for (size_t i = 0; i < negative_.size(); ++i) negative_[i].Write(&writer_, std::bit_cast<uint64_t>(histogram.negative_buckets[i]));
}

std::vector<double> FloatHistogramEncoder::LastPositive() const {
  std::vector<double> counts;
  for (const XorWriter& bucket : positive_) counts.push_back(std::bit_cast<double>(bucket.last));
  return counts;
}
std::vector<double> FloatHistogramEncoder::LastNegative() const {
  std::vector<double> counts;
  for (const XorWriter& bucket : negative_) counts.push_back(std::bit_cast<double>(bucket.last));
  return counts;
}

}  // namespace epi::tsdb
