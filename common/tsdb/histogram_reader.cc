#include "common/tsdb/histogram_reader.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace epi::tsdb {
namespace {

// A bucket of the first sample takes at least one bit.
constexpr size_t kBucketBitsMin = 1;

Status Broken() { return DataLossError("histogram chunk ends too early or is damaged"); }

}  // namespace

Status HistogramReader::Open(const ChunkData& chunk) {
  header_ = {};
  status_ = OkStatus();
  read_ = 0;
  header_ = TRY(ReadHistogramHeader(chunk));
  has_start_times_ = HasStartTimes(chunk.encoding);
  start_times_ = StartTimeReader(header_.start_times);
  reader_ = BitReader(chunk.data.substr(kHistogramHeaderBytes));
  sum_window_ = {};
  at_ = {};
  pending_ = nullptr;
  decoded_ = {};
  decoded_start_ms_ = 0;
  block_next_ = block_size_ = 0;
  broken_after_block_ = false;
  return OkStatus();
}

Status HistogramReader::ReadFirst() {
  RETURN_IF_ERROR(ReadHistogramLayout(&reader_, kBucketBitsMin, &layout_));
  positive_ = BucketCount(layout_.positive_spans);
  negative_ = BucketCount(layout_.negative_spans);
  if (positive_ + negative_ > reader_.remaining_bits()) return Broken();
  values_.resize(positive_ + negative_);
  steps_.assign(values_.size(), 0);
  dods_.resize(kBlock * values_.size());
  at_.t = static_cast<uint64_t>(ReadVarbitInt(&reader_));
  at_.count = ReadVarbitUint(&reader_);
  at_.zero_count = ReadVarbitUint(&reader_);
  at_.sum = reader_.ReadWide(64);
  for (uint64_t& value : values_) value = static_cast<uint64_t>(ReadVarbitInt(&reader_));
  if (has_start_times_) at_.start_ms = start_times_.Read(&reader_, 0, t_ms(), 0);
  if (!reader_.ok()) return Broken();
  decoded_[kTime].value = at_.t;
  decoded_[kCount].value = at_.count;
  decoded_[kZeroCount].value = at_.zero_count;
  decoded_sum_ = at_.sum;
  decoded_start_ms_ = at_.start_ms;
  return OkStatus();
}

void HistogramReader::DecodeBlock() {
  const size_t count = std::min<size_t>(kBlock, header_.count - read_);
  // Copies, because members would be written and read again with every sample.
  BitReader reader = reader_;
  std::array<Number, kTotals> decoded = decoded_;
  uint64_t sum = decoded_sum_;
  int64_t start_ms = decoded_start_ms_;
  bool good = true;
  size_t i = 0;
  for (int64_t* dods = dods_.data(); i < count; ++i, dods += values_.size()) {
    int64_t totals[kTotals];
    if (static_cast<int64_t>(reader.Peek()) >= 0) {
      ReadVarbitGroup<kTotals>(&reader, totals);
    } else {
      // A time off the grid is mostly far off.
      totals[kTime] = ReadVarbitInt(&reader);
      ReadVarbitGroup<kTotals - 1>(&reader, totals + 1);
    }
    sum = ReadXorBits(&reader, &sum_window_, sum);
    if (sum != series::kStaleNanBits) ReadVarbitInts(&reader, values_.size(), dods);
    const int64_t previous_t = static_cast<int64_t>(decoded[kTime].value);
    for (size_t k = 0; k < kTotals; ++k) decoded[k].Add(totals[k]);
    if (has_start_times_) {
      const int64_t t = static_cast<int64_t>(decoded[kTime].value);
      BitReader bits = reader;
      start_ms = start_times_.Read(&bits, static_cast<uint32_t>(read_ + i), t, previous_t);
      reader = bits;
    }
    good = reader.ok() && sum_window_.valid;
    if (!good) break;
    block_[i] = {decoded[kTime].value, decoded[kCount].value, decoded[kZeroCount].value, sum, start_ms};
  }
  reader_ = reader;
  decoded_ = decoded;
  decoded_sum_ = sum;
  decoded_start_ms_ = start_ms;
  block_next_ = 0;
  block_size_ = i;
  broken_after_block_ = !good;
}

void HistogramReader::AddPending() {
  if (pending_ == nullptr) return;
  for (size_t i = 0; i < values_.size(); ++i) values_[i] += steps_[i] += static_cast<uint64_t>(pending_[i]);
  pending_ = nullptr;
}

// AddPending(), and differences between buckets to counts.
void HistogramReader::AddPendingTo(double* positive, double* negative) {
  const int64_t* dods = std::exchange(pending_, nullptr);
  uint64_t* values = values_.data();
  uint64_t* steps = steps_.data();
  const auto add = [&](size_t count, double* out) {
    uint64_t total = 0;
    for (size_t i = 0; i < count; ++i) {
      steps[i] += static_cast<uint64_t>(dods[i]);
      values[i] += steps[i];
      total += values[i];
      out[i] = static_cast<double>(static_cast<int64_t>(total));
    }
  };
  add(positive_, positive);
  values += positive_;
  steps += positive_;
  dods += positive_;
  add(negative_, negative);
}

bool HistogramReader::TryNext() {
  if (read_ == header_.count || !status_.ok()) return false;
  if (read_ == 0) {
    status_ = ReadFirst();
    if (!status_.ok()) return false;
    ++read_;
    return true;
  }
  AddPending();
  if (block_next_ == block_size_) {
    if (!broken_after_block_) DecodeBlock();
    if (block_size_ == 0 || block_next_ == block_size_) {
      status_ = Broken();
      return false;
    }
  }
  at_ = block_[block_next_];
  // Stale samples have no buckets.
  if (!stale()) pending_ = dods_.data() + block_next_ * values_.size();
  ++block_next_;
  ++read_;
  return true;
}

Result<bool> HistogramReader::Next() {
  if (TryNext()) return true;
  if (!status_.ok()) return status_;
  return false;
}

void HistogramReader::CopyTo(series::Histogram* out) {
  if (stale()) {
    *out = {};
    out->sum = std::bit_cast<double>(at_.sum);
    return;
  }
  AddPending();
  out->counter_reset_hint = HintOfSample(header_.reset, read_ - 1);
  out->schema = layout_.schema;
  out->zero_threshold = layout_.zero_threshold;
  out->zero_count = at_.zero_count;
  out->count = at_.count;
  out->sum = std::bit_cast<double>(at_.sum);
  out->positive_spans = layout_.positive_spans;
  out->negative_spans = layout_.negative_spans;
  out->custom_values = layout_.custom_values;
  out->positive_deltas.resize(positive_);
  out->negative_deltas.resize(negative_);
  for (size_t i = 0; i < positive_; ++i) out->positive_deltas[i] = static_cast<int64_t>(values_[i]);
  for (size_t i = 0; i < negative_; ++i) out->negative_deltas[i] = static_cast<int64_t>(values_[positive_ + i]);
}

void HistogramReader::CopyTo(series::FloatHistogram* out) {
  if (stale()) {
    *out = {};
    out->sum = std::bit_cast<double>(at_.sum);
    return;
  }
  out->schema = layout_.schema;
  out->zero_threshold = layout_.zero_threshold;
  out->positive_spans = layout_.positive_spans;
  out->negative_spans = layout_.negative_spans;
  out->custom_values = layout_.custom_values;
  out->positive_buckets.resize(positive_);
  out->negative_buckets.resize(negative_);
  CopyNumbersTo(out);
}

void HistogramReader::CopyNumbersTo(series::FloatHistogram* out) {
  out->counter_reset_hint = HintOfSample(header_.reset, read_ - 1);
  out->zero_count = static_cast<double>(at_.zero_count);
  out->count = static_cast<double>(at_.count);
  out->sum = std::bit_cast<double>(at_.sum);
  if (pending_ != nullptr) return AddPendingTo(out->positive_buckets.data(), out->negative_buckets.data());
  uint64_t total = 0;
  for (size_t i = 0; i < positive_; ++i) {
    total += values_[i];
    out->positive_buckets[i] = static_cast<double>(static_cast<int64_t>(total));
  }
  total = 0;
  for (size_t i = 0; i < negative_; ++i) {
    total += values_[positive_ + i];
    out->negative_buckets[i] = static_cast<double>(static_cast<int64_t>(total));
  }
}

}  // namespace epi::tsdb
