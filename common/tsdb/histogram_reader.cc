#include "common/tsdb/histogram_reader.h"

#include <bit>

#include "common/tsdb/varbit.h"

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
  start_ms_ = 0;
  sum_window_ = {};
  return OkStatus();
}

Status HistogramReader::ReadFirst() {
  RETURN_IF_ERROR(ReadHistogramLayout(&reader_, kBucketBitsMin, &layout_));
  positive_ = BucketCount(layout_.positive_spans);
  const size_t buckets = positive_ + BucketCount(layout_.negative_spans);
  if (buckets > reader_.remaining_bits()) return Broken();
  t_ = static_cast<uint64_t>(ReadVarbitInt(&reader_));
  t_step_ = 0;
  count_ = {ReadVarbitUint(&reader_), 0};
  zero_count_ = {ReadVarbitUint(&reader_), 0};
  sum_ = reader_.ReadWide(64);
  fields_.resize(buckets);
  for (Field& field : fields_) field = {static_cast<uint64_t>(ReadVarbitInt(&reader_)), 0};
  return OkStatus();
}

void HistogramReader::ReadLater() {
  BitReader reader = reader_;
  t_step_ += static_cast<uint64_t>(ReadVarbitInt(&reader));
  t_ += t_step_;
  count_.Add(ReadSmallVarbitInt(&reader));
  zero_count_.Add(ReadSmallVarbitInt(&reader));
  sum_ = ReadXorBits(&reader, &sum_window_, sum_);
  if (!stale()) {
    ReadVarbitInts(&reader, fields_.size(), [fields = fields_.data()](size_t i, int64_t dod) { fields[i].Add(dod); });
  }
  reader_ = reader;
}

bool HistogramReader::TryNext() {
  if (read_ == header_.count || !status_.ok()) return false;
  const int64_t previous_t = t_ms();
  if (read_ == 0) {
    status_ = ReadFirst();
    if (!status_.ok()) return false;
  } else {
    ReadLater();
  }
  if (has_start_times_) start_ms_ = start_times_.Read(&reader_, read_, t_ms(), previous_t);
  if (!reader_.ok() || !sum_window_.valid) {
    status_ = Broken();
    return false;
  }
  ++read_;
  return true;
}

Result<bool> HistogramReader::Next() {
  if (TryNext()) return true;
  if (!status_.ok()) return status_;
  return false;
}

void HistogramReader::CopyTo(series::Histogram* out) const {
  if (stale()) {
    *out = {};
    out->sum = std::bit_cast<double>(sum_);
    return;
  }
  out->counter_reset_hint = HintOfSample(header_.reset, read_ - 1);
  out->schema = layout_.schema;
  out->zero_threshold = layout_.zero_threshold;
  out->zero_count = zero_count_.value;
  out->count = count_.value;
  out->sum = std::bit_cast<double>(sum_);
  out->positive_spans = layout_.positive_spans;
  out->negative_spans = layout_.negative_spans;
  out->custom_values = layout_.custom_values;
  out->positive_deltas.resize(positive_);
  out->negative_deltas.resize(fields_.size() - positive_);
  for (size_t i = 0; i < positive_; ++i) out->positive_deltas[i] = static_cast<int64_t>(fields_[i].value);
  for (size_t i = positive_; i < fields_.size(); ++i) out->negative_deltas[i - positive_] = static_cast<int64_t>(fields_[i].value);
}

void HistogramReader::CopyTo(series::FloatHistogram* out) const {
  if (stale()) {
    *out = {};
    out->sum = std::bit_cast<double>(sum_);
    return;
  }
  out->schema = layout_.schema;
  out->zero_threshold = layout_.zero_threshold;
  out->positive_spans = layout_.positive_spans;
  out->negative_spans = layout_.negative_spans;
  out->custom_values = layout_.custom_values;
  out->positive_buckets.resize(positive_);
  out->negative_buckets.resize(fields_.size() - positive_);
  CopyNumbersTo(out);
}

void HistogramReader::CopyNumbersTo(series::FloatHistogram* out) const {
  out->counter_reset_hint = HintOfSample(header_.reset, read_ - 1);
  out->zero_count = static_cast<double>(zero_count_.value);
  out->count = static_cast<double>(count_.value);
  out->sum = std::bit_cast<double>(sum_);
  uint64_t total = 0;
  double* positive = out->positive_buckets.data();
  for (size_t i = 0; i < positive_; ++i) {
    total += fields_[i].value;
    positive[i] = static_cast<double>(static_cast<int64_t>(total));
  }
  total = 0;
  double* negative = out->negative_buckets.data();
  for (size_t i = positive_; i < fields_.size(); ++i) {
    total += fields_[i].value;
    negative[i - positive_] = static_cast<double>(static_cast<int64_t>(total));
  }
}

}  // namespace epi::tsdb
