#include "common/tsdb/chunk_segment_reader.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/crc32c.h"
#include "common/base/str_cat.h"
#include "common/tsdb/chunk_marks.h"
#include "common/tsdb/mapped_file.h"

namespace epi::tsdb {
namespace {

constexpr int kSegmentNameDigits = 6;
// References have 32 bits for an offset.
constexpr uint64_t kFileBytesMax = UINT32_MAX;

Result<std::vector<std::string>> SegmentNames(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(directory, error); !error && entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    std::string name = entry->path().filename();
    const bool digits = std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits && name.size() >= size_t{kSegmentNameDigits}) names.push_back(std::move(name));
  }
  if (error == std::errc::no_such_file_or_directory) return NotFoundError(StrCat(directory, ": ", error.message()));
  if (error) return UnavailableError(StrCat(directory, ": ", error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

Status CheckHeader(const std::string& name, std::string_view bytes) {
  ByteReader reader(bytes);
  const uint32_t magic = reader.U32Be();
  const uint8_t version = reader.U8();
  reader.Skip(kChunkSegmentHeaderBytes - 5);
  if (!reader.ok()) return DataLossError(StrCat(name, ": shorter than a chunk segment's header"));
  if (magic != kChunkSegmentMagic) return DataLossError(StrCat(name, ": not a chunk segment (wrong magic number)"));
  if (version != kChunkSegmentVersion) return DataLossError(StrCat(name, ": unknown chunk segment version ", unsigned{version}));
  return OkStatus();
}

}  // namespace

struct ChunkSegmentReader::Segment {
  std::string name;
  std::optional<MappedFile> file;  // Not there when the bytes are somebody else's.
  std::string_view bytes;
  ChunkMarks verified;

  Status Prepare() {
    RETURN_IF_ERROR(CheckHeader(name, bytes));
    if (bytes.size() > kFileBytesMax) return DataLossError(StrCat(name, ": larger than a chunk segment can be"));
    if (!verified.Init(bytes.size())) return ResourceExhaustedError(StrCat(name, ": no memory for marks of verified chunks"));
    return OkStatus();
  }
  Status Bad(ChunkRef ref, const Status& what) const {
    return DataLossError(StrCat(name, ": chunk at offset ", ref.offset(), ": ", what.message()));
  }
};

struct ChunkSegmentReader::Frame {
  const Segment* segment = nullptr;
  std::string_view framed;
  ChunkData chunk;
};

std::string ChunkSegmentName(uint32_t segment) {
  char name[16];
  std::snprintf(name, sizeof(name), "%0*u", kSegmentNameDigits, segment + 1);
  return name;
}

ChunkSegmentReader::ChunkSegmentReader(std::vector<std::unique_ptr<Segment>> segments) : segments_(std::move(segments)) {}
ChunkSegmentReader::~ChunkSegmentReader() = default;

Result<std::unique_ptr<ChunkSegmentReader>> ChunkSegmentReader::Open(const std::string& directory) {
  const std::vector<std::string> names = TRY(SegmentNames(directory));
  std::vector<std::unique_ptr<Segment>> segments;
  for (const std::string& name : names) {
    const std::string expected = ChunkSegmentName(static_cast<uint32_t>(segments.size()));
    if (name != expected) return DataLossError(StrCat(directory, ": segment ", expected, " is missing, found ", name));
    auto segment = std::make_unique<Segment>();
    segment->name = StrCat(directory, "/", name);
    segment->file = TRY(MappedFile::Open(segment->name));
    segment->bytes = segment->file->bytes();
    RETURN_IF_ERROR(segment->Prepare());
    segments.push_back(std::move(segment));
  }
  if (segments.empty()) return NotFoundError(StrCat(directory, ": no chunk segments"));
  return std::unique_ptr<ChunkSegmentReader>(new ChunkSegmentReader(std::move(segments)));
}

Result<std::unique_ptr<ChunkSegmentReader>> ChunkSegmentReader::FromBytes(const std::string& name,
                                                                         std::vector<std::string_view> segments) {
  std::vector<std::unique_ptr<Segment>> result;
  for (const std::string_view bytes : segments) {
    auto segment = std::make_unique<Segment>();
    segment->name = StrCat(name, "/", ChunkSegmentName(static_cast<uint32_t>(result.size())));
    segment->bytes = bytes;
    RETURN_IF_ERROR(segment->Prepare());
    result.push_back(std::move(segment));
  }
  return std::unique_ptr<ChunkSegmentReader>(new ChunkSegmentReader(std::move(result)));
}

size_t ChunkSegmentReader::segment_count() const { return segments_.size(); }

std::string_view ChunkSegmentReader::segment(uint32_t segment) const {
  CHECK(segment < segments_.size());
  return segments_[segment]->bytes;
}

Result<ChunkSegmentReader::Frame> ChunkSegmentReader::Locate(ChunkRef ref) const {
  if (ref.segment() >= segments_.size()) {
    return DataLossError(StrCat("chunk ", ToString(ref), ": there are only ", segments_.size(), " segments"));
  }
  const Segment& segment = *segments_[ref.segment()];
  if (ref.offset() < kChunkSegmentHeaderBytes || ref.offset() >= segment.bytes.size()) {
    return DataLossError(StrCat(segment.name, ": no chunk can start at offset ", ref.offset()));
  }
  if (segment.file) segment.file->Touch(ref.offset());
  size_t framed_bytes = 0;
  size_t need_bytes = 0;
  const std::string_view rest = segment.bytes.substr(ref.offset());
  Result<ChunkData> chunk = ParseFramedChunk(rest, false, &framed_bytes, &need_bytes);
  if (!chunk.ok()) return segment.Bad(ref, chunk.status());
  return Frame{&segment, rest.substr(0, framed_bytes), *chunk};
}

Status ChunkSegmentReader::Verify(const Frame& frame, ChunkRef ref) {
  size_t framed_bytes = 0;
  size_t need_bytes = 0;
  const Result<ChunkData> checked = ParseFramedChunk(frame.framed, true, &framed_bytes, &need_bytes);
  return checked.ok() ? OkStatus() : frame.segment->Bad(ref, checked.status());
}

Result<ChunkSegmentReader::Frame> ChunkSegmentReader::LocateVerified(ChunkRef ref) const {
  const Frame frame = TRY(Locate(ref));
  if (frame.segment->verified.Has(ref.offset())) return frame;
  RETURN_IF_ERROR(Verify(frame, ref));
  frame.segment->verified.Set(ref.offset());
  return frame;
}

Result<ChunkData> ChunkSegmentReader::Read(ChunkRef ref) const {
  const Frame frame = TRY(LocateVerified(ref));
  return frame.chunk;
}

Result<std::string_view> ChunkSegmentReader::ReadFramed(ChunkRef ref) const {
  const Frame frame = TRY(LocateVerified(ref));
  return frame.framed;
}

Result<ChunkData> ChunkSegmentReader::ReadUnmarked(ChunkRef ref, ChunkRef* next) const {
  const Frame frame = TRY(Locate(ref));
  RETURN_IF_ERROR(Verify(frame, ref));
  *next = Behind(frame, ref);
  return frame.chunk;
}

void ChunkSegmentReader::Forget(uint32_t segment, uint64_t begin, uint64_t end) const {
  CHECK(segment < segments_.size());
  if (segments_[segment]->file) segments_[segment]->file->Forget(begin, end);
}

ChunkRef ChunkSegmentReader::Behind(const Frame& frame, ChunkRef ref) {
  return ChunkRef(ref.segment(), static_cast<uint32_t>(ref.offset() + frame.framed.size()));
}

Result<ChunkRef> ChunkSegmentReader::Next(ChunkRef ref) const {
  const Frame frame = TRY(Locate(ref));
  return Behind(frame, ref);
}

Result<ChunkData> ParseFramedChunk(std::string_view bytes, bool checked, size_t* framed_bytes, size_t* need_bytes) {
  *need_bytes = 0;
  ByteReader reader(bytes);
  const uint64_t size = reader.Uvarint();
  if (!reader.ok()) {
    if (bytes.size() >= kVarintBytesMax) return DataLossError("length is not a number");
    return OutOfRangeError("file ends within the chunk's length");
  }
  constexpr uint64_t kChunkBytesMax = uint64_t{1} << 32;
  if (size > kChunkBytesMax) return DataLossError(StrCat("length ", size, " is impossible"));
  *need_bytes = reader.offset() + 1 + size + kChunkChecksumBytes;
  if (*need_bytes > bytes.size()) return OutOfRangeError(StrCat("chunk of ", size, " bytes reaches past the end"));
  const std::string_view protected_bytes = bytes.substr(reader.offset(), 1 + size);
  ChunkData chunk{static_cast<Encoding>(reader.U8()), reader.Bytes(size)};
  const uint32_t expected = reader.U32Be();
  if (checked && Crc32c(protected_bytes) != expected) return DataLossError("checksum mismatch");
  *framed_bytes = *need_bytes;
  return chunk;
}

}  // namespace epi::tsdb
