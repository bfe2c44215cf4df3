// Reads the samples of an integer histogram chunk (encodings 2 and 5) one after the other. Format: docs/formats/chunks.md.
//
// Contract: Open(), then Next() until it returns false; the accessors describe the sample that Next() read.
// Threads:  one.
// Owns:     bucket buffers, kept over Open(); the chunk's bytes must outlive the reading.
// Units:    Unix milliseconds; a start time of 0 is unknown.
// Errors:   DataLoss; a failed reader stays at its last good sample.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/status.h"
#include "common/series/histogram.h"
#include "common/series/sample.h"
#include "common/tsdb/histogram_layout.h"
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
  int64_t t_ms() const { return static_cast<int64_t>(t_); }
  int64_t start_ms() const { return start_ms_; }
  bool stale() const { return sum_ == series::kStaleNanBits; }
  // Copies reuse the vectors of `out`. A stale marker has nothing but its sum.
  void CopyTo(series::Histogram* out) const;
  void CopyTo(series::FloatHistogram* out) const;
  // Leaves spans and custom values of `out` as they are: for one that an earlier sample of the same layout was copied to.
  // REQUIRES: !stale().
  void CopyNumbersTo(series::FloatHistogram* out) const;

 private:
  // A number and its last change. Unsigned: damaged data may overflow.
  struct Field {
    uint64_t value = 0;
    uint64_t step = 0;
    void Add(int64_t dod) {
      step += static_cast<uint64_t>(dod);
      value += step;
    }
  };
  Status ReadFirst();
  void ReadLater();

  Status status_;
  HistogramHeader header_;
  HistogramLayout layout_;
  BitReader reader_;
  StartTimeReader start_times_;
  bool has_start_times_ = false;
  uint32_t read_ = 0;
  uint64_t t_ = 0;
  uint64_t t_step_ = 0;
  int64_t start_ms_ = 0;
  Field count_;
  Field zero_count_;
  uint64_t sum_ = 0;
  ReadWindow sum_window_;
  size_t positive_ = 0;         // The first so many of fields_, the negative ones follow.
  std::vector<Field> fields_;
};

}  // namespace epi::tsdb
