// Walks over the samples of one chunk, sample by sample, exactly as they are stored: for tools, rewriting and tests. Queries use
// ChunkCursor.
//
// Contract: Open(), then Next() or SeekTo() until they return false. Times may repeat or fall (counter slots of downsampled chunks).
// Threads:  one.
// Owns:     buffers, kept over Open(); the chunk's bytes must outlive the reading.
// Units:    Unix milliseconds; a start time of 0 is unknown.
// Errors:   DataLoss on damage; InvalidArgument for an aggregate chunk.
#pragma once

#include <cstdint>

#include "common/base/status.h"
#include "common/series/histogram.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/float_columns.h"
#include "common/tsdb/float_histogram_reader.h"
#include "common/tsdb/histogram_reader.h"

namespace epi::tsdb {

class ChunkCutter;

class ChunkIterator {
 public:
  Status Open(const ChunkData& chunk);
  Result<bool> Next();
  // The first sample from the current one on whose time is not before `t_ms`; never goes back.
  Result<bool> SeekTo(int64_t t_ms);

  SampleKind kind() const { return kind_; }
  // REQUIRES: Next() or SeekTo() returned true; for the values also the right kind().
  int64_t t_ms() const;
  int64_t start_ms() const;
  double value() const { return floats_.values()[position_ - 1]; }
  void CopyTo(series::Histogram* out) { histograms_.CopyTo(out); }
  // From integer histograms too.
  void CopyTo(series::FloatHistogram* out);
  // Appends the current sample as it is.
  void AppendTo(ChunkCutter* cutter);

 private:
  SampleKind kind_ = SampleKind::kNone;
  bool begun_ = false;
  FloatColumns floats_;
  size_t position_ = 0;  // Float samples read.
  HistogramReader histograms_;
  FloatHistogramReader float_histograms_;
  series::Histogram histogram_;  // Only for AppendTo().
  series::FloatHistogram float_histogram_;
};

}  // namespace epi::tsdb
