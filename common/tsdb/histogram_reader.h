// Reads the samples of an integer histogram chunk (encodings 2 and 5) one after the other. Format: docs/formats/chunks.md.
//
// Contract: Open(), then Next() until it returns false; the accessors describe the sample that Next() read.
// Threads:  one.
// Owns:     bucket buffers, kept over Open(); the chunk's bytes must outlive the reading.
// Units:    Unix milliseconds; a start time of 0 is unknown.
// Errors:   DataLoss; a failed reader stays at its last good sample.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/base/status.h"
#include "common/series/histogram.h"
#include "common/series/sample.h"
#include "common/tsdb/histogram_layout.h"
#include "common/tsdb/varbit.h"
#include "common/tsdb/xor_value.h"

namespace epi::tsdb {

class HistogramReader {
 public:
  Status Open(const ChunkData& chunk);
  Result<bool> Next();
  // The same without a Result to build: false at the end and on damage, then status() tells which.
  bool TryNext();
  const Status& status() const { return status_; }

  uint32_t count() const { return header_.count; }
  const HistogramHeader& header() const { return header_; }
  const HistogramLayout& layout() const { return layout_; }
  int64_t t_ms() const { return static_cast<int64_t>(at_.t); }
  int64_t start_ms() const { return at_.start_ms; }
  bool stale() const { return at_.sum == series::kStaleNanBits; }
  // Copies reuse the vectors of `out`. A stale marker has nothing but its sum.
  void CopyTo(series::Histogram* out);
  void CopyTo(series::FloatHistogram* out);
  // Leaves spans and custom values of `out` as they are: for one that an earlier sample of the same layout was copied to.
  // REQUIRES: !stale().
  void CopyNumbersTo(series::FloatHistogram* out);

 private:
  // Numbers in front of the buckets.
  enum : size_t { kTime, kCount, kZeroCount, kTotals };
  // A number and its last change. Unsigned: damaged data may overflow.
  struct Number {
    uint64_t value = 0;
    uint64_t step = 0;
    uint64_t Add(int64_t dod) {
      step += static_cast<uint64_t>(dod);
      return value += step;
    }
  };
  struct Totals {
    uint64_t t = 0;
    uint64_t count = 0;
    uint64_t zero_count = 0;
    uint64_t sum = 0;
    int64_t start_ms = 0;
  };
  // Samples are decoded ahead, a block at a time, so that the decoder stays in registers.
  static constexpr size_t kBlock = 16;

  Status ReadFirst();
  void DecodeBlock();
  void AddPending();
  void AddPendingTo(double* positive, double* negative);

  Status status_;
  HistogramHeader header_;
  HistogramLayout layout_;
  BitReader reader_;
  StartTimeReader start_times_;
  bool has_start_times_ = false;
  uint32_t read_ = 0;
  Totals at_;            // Of the sample that Next() read.
  size_t positive_ = 0;  // The first so many buckets, the negative ones follow.
  size_t negative_ = 0;
  // Buckets of that sample, once pending_ was added: that waits until they are asked for, to be done together with copying.
  std::vector<uint64_t> values_;
  std::vector<uint64_t> steps_;
  const int64_t* pending_ = nullptr;
  // The decoder is further on, at the end of the block.
  std::array<Number, kTotals> decoded_;
  uint64_t decoded_sum_ = 0;
  int64_t decoded_start_ms_ = 0;
  ReadWindow sum_window_;
  size_t block_next_ = 0;
  size_t block_size_ = 0;
  bool broken_after_block_ = false;
  std::array<Totals, kBlock> block_;
  std::vector<int64_t> dods_;  // Changes of the buckets' changes, a row for each sample of the block.
};

}  // namespace epi::tsdb
