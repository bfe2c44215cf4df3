#include "common/tsdb/float_histogram_reader.h"

#include <bit>

#include "common/tsdb/varbit.h"

namespace epi::tsdb {
namespace {

constexpr size_t kBucketBitsMin = 64;

Status Broken() { return DataLossError("float histogram chunk ends too early or is damaged"); }

}  // namespace

Status FloatHistogramReader::Open(const ChunkData& chunk) {
  header_ = {};
  status_ = OkStatus();
  read_ = 0;
  header_ = TRY(ReadHistogramHeader(chunk));
  has_start_times_ = HasStartTimes(chunk.encoding);
  start_times_ = StartTimeReader(header_.start_times);
  reader_ = BitReader(chunk.data.substr(kHistogramHeaderBytes));
  start_ms_ = 0;
  return OkStatus();
}

Status FloatHistogramReader::ReadFirst() {
  RETURN_IF_ERROR(ReadHistogramLayout(&reader_, kBucketBitsMin, &layout_));
  positive_ = BucketCount(layout_.positive_spans);
  const size_t buckets = positive_ + BucketCount(layout_.negative_spans);
  if (buckets > reader_.remaining_bits() / kBucketBitsMin) return Broken();
  t_ = static_cast<uint64_t>(ReadVarbitInt(&reader_));
  t_step_ = 0;
  count_.ReadRaw(&reader_);
  zero_count_.ReadRaw(&reader_);
  sum_.ReadRaw(&reader_);
  fields_.resize(buckets);
  for (Field& field : fields_) field.ReadRaw(&reader_);
  return OkStatus();
}

bool FloatHistogramReader::ReadLater() {
  BitReader reader = reader_;
  t_step_ += static_cast<uint64_t>(ReadVarbitInt(&reader));
  t_ += t_step_;
  bool valid = count_.ReadXor(&reader);
  valid &= zero_count_.ReadXor(&reader);
  valid &= sum_.ReadXor(&reader);
  if (!stale()) {
    for (Field& field : fields_) valid &= field.ReadXor(&reader);
  }
  reader_ = reader;
  return valid;
}

bool FloatHistogramReader::TryNext() {
  if (read_ == header_.count || !status_.ok()) return false;
  const int64_t previous_t = t_ms();
  bool valid = true;
  if (read_ == 0) {
    status_ = ReadFirst();
    if (!status_.ok()) return false;
  } else {
    valid = ReadLater();
  }
  if (has_start_times_) start_ms_ = start_times_.Read(&reader_, read_, t_ms(), previous_t);
  if (!reader_.ok() || !valid) {
    status_ = Broken();
    return false;
  }
  ++read_;
  return true;
}

Result<bool> FloatHistogramReader::Next() {
  if (TryNext()) return true;
  if (!status_.ok()) return status_;
  return false;
}

void FloatHistogramReader::CopyTo(series::FloatHistogram* out) const {
  if (stale()) {
    *out = {};
    out->sum = std::bit_cast<double>(sum_.bits);
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

void FloatHistogramReader::CopyNumbersTo(series::FloatHistogram* out) const {
  out->counter_reset_hint = HintOfSample(header_.reset, read_ - 1);
  out->zero_count = std::bit_cast<double>(zero_count_.bits);
  out->count = std::bit_cast<double>(count_.bits);
  out->sum = std::bit_cast<double>(sum_.bits);
  double* positive = out->positive_buckets.data();
  for (size_t i = 0; i < positive_; ++i) positive[i] = std::bit_cast<double>(fields_[i].bits);
  double* negative = out->negative_buckets.data();
  for (size_t i = positive_; i < fields_.size(); ++i) negative[i - positive_] = std::bit_cast<double>(fields_[i].bits);
}

}  // namespace epi::tsdb
