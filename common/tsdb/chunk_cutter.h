// Turns the samples of one series into chunks, cut where Prometheus would cut them.
//
//   kCompaction   a chunk ends at 120 samples: what Prometheus writes when it re-encodes samples while compacting.
//   kHead         a chunk ends at a time predicted so that chunks of about 120 samples (floats) or 1 KiB (histograms) fill the
//                 block range evenly: what Prometheus writes from samples as they come in.
//   kExplicit     a chunk ends where CutBeforeNext() says: rewriting a series with the cuts it has.
//
// A change of kind (float, integer or float histogram) always ends a chunk; histograms end one as histogram_appender.h says.
//
// Contract: samples keep their order and bits. Finish() after the last sample, then the cutter may begin the next series.
// Threads:  one.
// Owns:     the chunk being written.
// Units:    Unix milliseconds; a start time of 0 is unknown. Start times are dropped where the options do not keep them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/series/histogram.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/histogram_appender.h"
#include "common/tsdb/xor2_chunk.h"
#include "common/tsdb/xor_chunk.h"

namespace epi::tsdb {

struct ChunkCutterOptions {
  enum class Policy : uint8_t { kCompaction, kHead, kExplicit };
  Policy policy = Policy::kCompaction;
  // XOR2 keeps start times of floats; only peers that know it can read it (Thanos does not).
  Encoding float_encoding = Encoding::kXor;
  // Histogram encodings with start times; same warning.
  bool histogram_start_times = false;
  // kHead: chunks end at multiples of this at the latest.
  int64_t range_ms = 7'200'000;
};

class ChunkCutter {
 public:
  static constexpr uint32_t kSamplesPerChunk = 120;
  static constexpr size_t kFloatChunkBytesMax = 1024 - 19;
  static constexpr size_t kHistogramChunkBytes = 1024;
  static constexpr uint32_t kHistogramChunkSamplesMin = 10;

  // Ended chunks are appended to *out, which outlives the cutter. REQUIRES: options.float_encoding is kXor or kXor2.
  ChunkCutter(const ChunkCutterOptions& options, std::vector<EncodedChunk>* out);

  void Append(int64_t start_ms, int64_t t_ms, double value);
  // REQUIRES: as many buckets as the spans say.
  void Append(int64_t start_ms, int64_t t_ms, const series::Histogram& histogram);
  void Append(int64_t start_ms, int64_t t_ms, const series::FloatHistogram& histogram);
  // The next sample begins a chunk, whatever the policy. Unlike after Finish(), a histogram is compared with the one before, and
  // the header of its chunk tells the outcome; or it says `header`, that of the chunk being rewritten, unless that became wrong.
  void CutBeforeNext(std::optional<series::CounterResetHint> header = std::nullopt);
  void Finish();

 private:
  template <typename Appender, typename Sample>
  void AppendHistogram(Appender* appender, SampleKind kind, int64_t start_ms, int64_t t_ms, const Sample& sample);
  bool CutFloat(int64_t t_ms);
  bool CutHistogram(int64_t t_ms, uint32_t count, size_t size_bytes);
  void BeginChunk(int64_t t_ms);
  void EndFloatChunk();
  void ChangeKind(SampleKind kind);
  uint32_t FloatCount() const;
  size_t FloatBytes() const;

  const ChunkCutterOptions options_;
  std::vector<EncodedChunk>* const out_;
  SampleKind kind_ = SampleKind::kNone;
  XorEncoder xor_;
  Xor2Encoder xor2_;
  HistogramAppender<HistogramEncoder> histograms_;
  HistogramAppender<FloatHistogramEncoder> float_histograms_;
  int64_t mint_ms_ = 0;
  int64_t maxt_ms_ = 0;
  int64_t end_ms_ = 0;            // kHead: the chunk takes samples before this time.
  bool end_predicted_ = false;    // kHead, histograms.
  bool cut_asked_ = false;
  std::optional<series::CounterResetHint> header_asked_;
};

}  // namespace epi::tsdb
