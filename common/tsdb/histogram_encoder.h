// Encodes histogram chunks of one fixed bucket layout: HistogramEncoder integer ones (2, 5), FloatHistogramEncoder float ones (3, 6).
// When a new chunk must begin and when a layout grows is decided in histogram_appender.h. Format: docs/formats/chunks.md.
//
// Contract: the first sample fixes the layout (a stale marker: the empty one). After a stale marker only stale markers may follow.
// Threads:  one.
// Owns:     the chunk being written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/series/histogram.h"
#include "common/tsdb/bit_writer.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/histogram_layout.h"
#include "common/tsdb/start_time_codec.h"
#include "common/tsdb/xor_value.h"

namespace epi::tsdb {

// What both kinds share: header, layout and times.
class HistogramChunkWriter {
 public:
  explicit HistogramChunkWriter(Encoding encoding) : encoding_(encoding) {}

  Encoding encoding() const { return encoding_; }
  uint32_t count() const { return count_; }
  bool full() const { return count_ == HistogramChunkSamplesMax(encoding_); }
  // What Finish() would return now.
  size_t size_bytes() const { return writer_.size_bytes(); }
  const HistogramLayout& layout() const { return layout_; }
  series::CounterResetHint reset() const { return reset_; }
  void SetReset(series::CounterResetHint reset) { reset_ = reset; }
  int64_t first_t_ms() const { return first_t_ms_; }
  int64_t last_t_ms() const { return last_t_ms_; }
  // The chunk's data. The writer is empty again afterwards. REQUIRES: count() > 0.
  std::string Finish();

 protected:
  void Begin(HistogramLayout layout);
  void WriteTime(int64_t t_ms);
  void EndSample(int64_t start_ms, int64_t t_ms);

  BitWriter writer_;

 private:
  Encoding encoding_;
  uint32_t count_ = 0;
  series::CounterResetHint reset_ = series::CounterResetHint::kUnknown;
  HistogramLayout layout_;
  StartTimeWriter start_times_;
  int64_t first_t_ms_ = 0;
  int64_t last_t_ms_ = 0;
  uint64_t t_step_ = 0;
};

class HistogramEncoder : public HistogramChunkWriter {
 public:
  using Sample = series::Histogram;
  using Bucket = int64_t;
  static constexpr Encoding kPlain = Encoding::kHistogram;
  static constexpr Encoding kWithStartTimes = Encoding::kHistogramSt;

  explicit HistogramEncoder(bool start_times) : HistogramChunkWriter(start_times ? kWithStartTimes : kPlain) {}

  // REQUIRES: !full(); the histogram's layout is layout() (unless count() == 0 or it is a stale marker), with as many buckets.
  void Append(int64_t start_ms, int64_t t_ms, const series::Histogram& histogram);

  // The last sample's fields.
  bool last_stale() const;
  uint64_t last_count() const { return last_count_.value; }
  uint64_t last_zero_count() const { return last_zero_count_.value; }
  std::vector<Bucket> LastPositive() const;
  std::vector<Bucket> LastNegative() const;
  // Has any bucket a smaller count than in the last sample? REQUIRES: the histogram's spans are the layout's.
  bool AnyBucketFell(const Sample& histogram) const;

 private:
  // A number and its last change; unsigned, as counters may use all bits.
  struct Field {
    uint64_t value = 0;
    uint64_t step = 0;
    int64_t Set(uint64_t next);
  };
  void AppendFirst(int64_t t_ms, const series::Histogram& histogram);
  void AppendLater(int64_t t_ms, const series::Histogram& histogram);

  Field last_count_;
  Field last_zero_count_;
  XorWriter sum_;
  std::vector<Field> positive_;
  std::vector<Field> negative_;
};

class FloatHistogramEncoder : public HistogramChunkWriter {
 public:
  using Sample = series::FloatHistogram;
  using Bucket = double;
  static constexpr Encoding kPlain = Encoding::kFloatHistogram;
  static constexpr Encoding kWithStartTimes = Encoding::kFloatHistogramSt;

  explicit FloatHistogramEncoder(bool start_times) : HistogramChunkWriter(start_times ? kWithStartTimes : kPlain) {}

  // REQUIRES: as HistogramEncoder::Append.
  void Append(int64_t start_ms, int64_t t_ms, const series::FloatHistogram& histogram);

  // The last sample's fields.
  bool last_stale() const;
  double last_count() const;
  double last_zero_count() const;
  std::vector<Bucket> LastPositive() const;
  std::vector<Bucket> LastNegative() const;
  // Has any bucket a smaller count than in the last sample? REQUIRES: the histogram's spans are the layout's.
  bool AnyBucketFell(const Sample& histogram) const;

 private:
  void AppendFirst(int64_t t_ms, const series::FloatHistogram& histogram);
  void AppendLater(int64_t t_ms, const series::FloatHistogram& histogram);

  XorWriter count_;
  XorWriter zero_count_;
  XorWriter sum_;
  std::vector<XorWriter> positive_;
  std::vector<XorWriter> negative_;
};

}  // namespace epi::tsdb
