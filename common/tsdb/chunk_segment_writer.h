// Writes chunks into the segment files of a new block. Format: docs/formats/chunks.md.
//
// Contract: chunks are written in call order; a new file starts when a chunk would not fit into segment_bytes_max. Finish() makes
//           everything durable (files and directory). Without a successful Finish() the directory is garbage for the caller to
//           remove; after an error every later call returns that error.
// Threads:  one.
// Owns:     the open file; buffers kBufferBytes.
// Errors:   ResourceExhausted when the disk is full, Unavailable for other system errors, both naming the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/chunk.h"

namespace epi::tsdb {

class ChunkSegmentWriter {
 public:
  static constexpr uint64_t kSegmentBytesDefault = uint64_t{512} << 20;
  // Offsets in references have 32 bits.
  static constexpr uint64_t kSegmentBytesMax = uint64_t{0xffffffff};
  static constexpr size_t kBufferBytes = size_t{1} << 20;

  // `directory` exists and has no segments yet. REQUIRES: segment_bytes_max <= kSegmentBytesMax.
  static Result<std::unique_ptr<ChunkSegmentWriter>> Create(const std::string& directory,
                                                            uint64_t segment_bytes_max = kSegmentBytesDefault);
  ~ChunkSegmentWriter();
  ChunkSegmentWriter(const ChunkSegmentWriter&) = delete;
  ChunkSegmentWriter& operator=(const ChunkSegmentWriter&) = delete;

  // Frames and writes one chunk; returns where it is.
  Result<ChunkRef> Write(const ChunkData& chunk);
  // Writes a chunk that has its frame already (ChunkSegmentReader::ReadFramed).
  Result<ChunkRef> WriteFramed(std::string_view framed);
  // Flushes, syncs and closes. Files: one at least, even without chunks.
  Status Finish();

  // Over all segments, headers included.
  uint64_t bytes_written() const { return bytes_written_; }
  uint32_t segment_count() const { return segments_begun_; }

 private:
  ChunkSegmentWriter(std::string directory, uint64_t segment_bytes_max);
  Status MakeRoom(size_t framed_bytes);
  Status BeginSegment();
  Status EndSegment();
  Status Put(std::string_view bytes);
  Status Flush();
  Status WriteAll(std::string_view bytes);
  Status Fail(std::string_view what);

  const std::string directory_;
  const uint64_t segment_bytes_max_;
  std::string path_;
  std::string buffer_;
  std::string frame_;
  Status failed_;
  int fd_ = -1;
  uint32_t segments_begun_ = 0;
  uint64_t segment_bytes_ = 0;
  uint64_t bytes_written_ = 0;
};

}  // namespace epi::tsdb
