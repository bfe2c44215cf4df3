// Reads chunks from the segment files of one block (chunks/000001 …). Format: docs/formats/chunks.md.
//
// Contract: Open() maps every segment and checks magic and version. Read() checks bounds, and the chunk's checksum the first time
//           that chunk is read; later reads of it mostly cost no checksum (chunk_marks.h).
// Threads:  const methods are safe from any thread.
// Owns:     the mappings; returned views live as long as this reader.
// Errors:   DataLoss with file and offset on damage; NotFound when there is no segment file; a missing number in the row of
//           names is DataLoss.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/tsdb/chunk.h"

namespace epi::tsdb {

inline constexpr uint32_t kChunkSegmentMagic = 0x85BD40DD;
inline constexpr uint8_t kChunkSegmentVersion = 1;
inline constexpr size_t kChunkSegmentHeaderBytes = 8;
inline constexpr size_t kChunkChecksumBytes = 4;

// "000001" for segment 0.
std::string ChunkSegmentName(uint32_t segment);

class ChunkSegmentReader {
 public:
  // Maps the segments in `directory` ("<block>/chunks").
  static Result<std::unique_ptr<ChunkSegmentReader>> Open(const std::string& directory);
  // Reads segments that are already in memory and outlive the reader; `name` stands for the directory in errors.
  static Result<std::unique_ptr<ChunkSegmentReader>> FromBytes(const std::string& name, std::vector<std::string_view> segments);
  ~ChunkSegmentReader();

  size_t segment_count() const;
  // All bytes of a segment file. REQUIRES: segment < segment_count().
  std::string_view segment(uint32_t segment) const;

  Result<ChunkData> Read(ChunkRef ref) const;
  // The chunk with its length field and checksum, as it stands in the file: what copying a chunk needs.
  Result<std::string_view> ReadFramed(ChunkRef ref) const;
  // For a walk over all chunks: the checksum is checked every time and nothing is remembered. *next is set on success.
  Result<ChunkData> ReadUnmarked(ChunkRef ref, ChunkRef* next) const;
  // Gives back the memory of a segment's pages between two offsets; they are read from the file again when touched.
  // REQUIRES: segment < segment_count().
  void Forget(uint32_t segment, uint64_t begin, uint64_t end) const;
  // Where the next chunk of the same segment starts; offset = file size after the last. Bounds are checked, the checksum is not.
  Result<ChunkRef> Next(ChunkRef ref) const;

 private:
  struct Segment;
  struct Frame;
  explicit ChunkSegmentReader(std::vector<std::unique_ptr<Segment>> segments);
  Result<Frame> Locate(ChunkRef ref) const;
  Result<Frame> LocateVerified(ChunkRef ref) const;
  static Status Verify(const Frame& frame, ChunkRef ref);
  static ChunkRef Behind(const Frame& frame, ChunkRef ref);

  const std::vector<std::unique_ptr<Segment>> segments_;
};

// The same for bytes from elsewhere (a ranged read of an object): takes one framed chunk off the front of `bytes`.
// `checked` false leaves the checksum to the caller. Errors: DataLoss; OutOfRange when `bytes` ends before the chunk does, with
// the needed size in *need_bytes if that is known, else 0.
Result<ChunkData> ParseFramedChunk(std::string_view bytes, bool checked, size_t* framed_bytes, size_t* need_bytes);

}  // namespace epi::tsdb
