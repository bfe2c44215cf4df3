#include "common/tsdb/chunk_segment_reader.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/crc32c.h"
#include "common/base/str_cat.h"
#include "common/tsdb/mapped_file.h"

namespace epi::tsdb {
namespace {

constexpr int kSegmentNameDigits = 6;
constexpr unsigned kBitsPerWord = 64;
// A chunk with its frame takes more bytes than this, so two chunks never start in the same granule.
constexpr size_t kChunkGranuleBytes = 16;

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
  struct FreeDeleter {
    void operator()(uint64_t* words) const { std::free(words); }
  };

  std::string name;
  std::optional<MappedFile> file;  // Not there when the bytes are somebody else's.
  std::string_view bytes;
  // One bit per granule: is the chunk that starts there verified? From calloc, so only what is used takes memory.
  std::unique_ptr<uint64_t[], FreeDeleter> verified;

  Status Prepare() {
    RETURN_IF_ERROR(CheckHeader(name, bytes));
    const size_t words = bytes.size() / kChunkGranuleBytes / kBitsPerWord + 1;
    verified.reset(static_cast<uint64_t*>(std::calloc(words, sizeof(uint64_t))));
    if (verified == nullptr) return ResourceExhaustedError(StrCat(name, ": no memory for the bitmap of verified chunks"));
    return OkStatus();
  }
  std::atomic_ref<uint64_t> Word(uint32_t offset) const {
    return std::atomic_ref<uint64_t>(verified[offset / kChunkGranuleBytes / kBitsPerWord]);
  }
  static uint64_t Bit(uint32_t offset) { return uint64_t{1} << (offset / kChunkGranuleBytes % kBitsPerWord); }
  bool IsVerified(uint32_t offset) const { return (Word(offset).load(std::memory_order_relaxed) & Bit(offset)) != 0; }
  void SetVerified(uint32_t offset) const { Word(offset).fetch_or(Bit(offset), std::memory_order_relaxed); }
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
  size_t framed_bytes = 0;
  size_t need_bytes = 0;
  const std::string_view rest = segment.bytes.substr(ref.offset());
  Result<ChunkData> chunk = ParseFramedChunk(rest, false, &framed_bytes, &need_bytes);
  if (!chunk.ok()) return DataLossError(StrCat(segment.name, ": chunk at offset ", ref.offset(), ": ", chunk.status().message()));
  return Frame{&segment, rest.substr(0, framed_bytes), *chunk};
}

Result<ChunkSegmentReader::Frame> ChunkSegmentReader::LocateVerified(ChunkRef ref) const {
  const Frame frame = TRY(Locate(ref));
  if (frame.segment->IsVerified(ref.offset())) return frame;
  size_t framed_bytes = 0;
  size_t need_bytes = 0;
  const Result<ChunkData> checked = ParseFramedChunk(frame.framed, true, &framed_bytes, &need_bytes);
  if (!checked.ok()) {
    return DataLossError(StrCat(frame.segment->name, ": chunk at offset ", ref.offset(), ": ", checked.status().message()));
  }
  frame.segment->SetVerified(ref.offset());
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

Result<ChunkRef> ChunkSegmentReader::Next(ChunkRef ref) const {
  const Frame frame = TRY(Locate(ref));
  return ChunkRef(ref.segment(), static_cast<uint32_t>(ref.offset() + frame.framed.size()));
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
