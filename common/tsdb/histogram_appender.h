// Appends histograms of one series to chunks, by Prometheus' rules of when a chunk ends and what its header says.
//
// A sample goes into the current chunk unless one of these holds; else the chunk ends and the next one's header says why:
//
//   gauge after counter, or the other way round     gauge | not reset (integer) or unknown (float)
//   the sample's hint is "reset"                    reset
//   a sample after a stale marker                   unknown
//   count, zero count or a bucket fell, a bucket
//   in use is missing, custom bounds changed        reset
//   schema or zero threshold changed                unknown
//
// When buckets are new, the chunk is re-coded with empty buckets in their places; when empty buckets are missing, the sample gets
// them. Gauges do both and never reset. The caller may end a chunk at any sample (cut); the next header then tells
// what comparing it with the sample before gave.
//
// Threads:  one.
// Owns:     the chunk being written.
#pragma once

#include <cstdint>
#include <optional>

#include "common/series/histogram.h"
#include "common/tsdb/bucket_union.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/histogram_encoder.h"

namespace epi::tsdb {

// Encoder: HistogramEncoder or FloatHistogramEncoder.
template <typename Encoder>
class HistogramAppender {
 public:
  using Sample = typename Encoder::Sample;

  explicit HistogramAppender(bool start_times) : start_times_(start_times), encoder_(start_times) {}

  uint32_t count() const { return encoder_.count(); }
  size_t size_bytes() const { return encoder_.size_bytes(); }
  int64_t first_t_ms() const { return encoder_.first_t_ms(); }
  int64_t last_t_ms() const { return encoder_.last_t_ms(); }

  // Returns the chunk that ended before this sample, if one did. `cut`: end it in any case; then `header` is what the next one's
  // header says, unless it is a gauge, or says "not reset" and that is wrong. Without `header` the comparison decides.
  // REQUIRES: the histogram has as many buckets as its spans say.
  std::optional<EncodedChunk> Append(int64_t start_ms, int64_t t_ms, const Sample& sample, bool cut,
                                     std::optional<series::CounterResetHint> header = std::nullopt);
  // The last chunk; nothing when there is none. The next sample will not be compared with it.
  std::optional<EncodedChunk> Finish();

 private:
  // How a sample fits the current chunk.
  struct Fit {
    bool ok = false;
    series::CounterResetHint header = series::CounterResetHint::kUnknown;  // Of a chunk that begins with the sample.
    bool plain = true;  // The layout is the chunk's.
    BucketUnion positive;
    BucketUnion negative;
  };
  Fit Compare(const Sample& sample) const;
  Fit CompareBuckets(const Sample& sample, bool gauge) const;
  static series::CounterResetHint NextHeader(const Fit& fit, bool cut, std::optional<series::CounterResetHint> asked);
  void Grow(int64_t start_ms, int64_t t_ms, const Sample& sample, const Fit& fit);
  void Recode(const Fit& fit);
  EncodedChunk TakeChunk();

  const bool start_times_;
  Encoder encoder_;
};

extern template class HistogramAppender<HistogramEncoder>;
extern template class HistogramAppender<FloatHistogramEncoder>;

}  // namespace epi::tsdb
