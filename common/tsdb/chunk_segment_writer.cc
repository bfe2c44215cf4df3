#include "common/tsdb/chunk_segment_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/crc32c.h"
#include "common/base/str_cat.h"
#include "common/tsdb/chunk_segment_reader.h"

namespace epi::tsdb {
namespace {

constexpr mode_t kFileMode = 0644;

Status SyncDirectory(const std::string& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return UnavailableError(StrCat("open ", directory, ": ", std::strerror(errno)));
  const int synced = fsync(fd);
  const int error = errno;
  close(fd);
  if (synced != 0) return UnavailableError(StrCat("sync ", directory, ": ", std::strerror(error)));
  return OkStatus();
}

}  // namespace

ChunkSegmentWriter::ChunkSegmentWriter(std::string directory, uint64_t segment_bytes_max)
    : directory_(std::move(directory)), segment_bytes_max_(segment_bytes_max) {
  buffer_.reserve(kBufferBytes);
}

ChunkSegmentWriter::~ChunkSegmentWriter() {
  if (fd_ >= 0) close(fd_);
}

Result<std::unique_ptr<ChunkSegmentWriter>> ChunkSegmentWriter::Create(const std::string& directory, uint64_t segment_bytes_max) {
  CHECK(segment_bytes_max <= kSegmentBytesMax);
  std::unique_ptr<ChunkSegmentWriter> writer(new ChunkSegmentWriter(directory, segment_bytes_max));
  RETURN_IF_ERROR(writer->BeginSegment());
  return writer;
}

// Reports errno for path_, and keeps failing from now on.
Status ChunkSegmentWriter::Fail(std::string_view what) {
  const int error = errno;
  std::string message = StrCat(what, " ", path_, ": ", std::strerror(error));
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  failed_ = full ? ResourceExhaustedError(std::move(message)) : UnavailableError(std::move(message));
  return failed_;
}

Status ChunkSegmentWriter::BeginSegment() {
  path_ = StrCat(directory_, "/", ChunkSegmentName(segments_begun_));
  fd_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (fd_ < 0) return Fail("create");
  ++segments_begun_;
  segment_bytes_ = 0;
  std::string header;
  ByteWriter writer(&header);
  writer.U32Be(kChunkSegmentMagic);
  writer.U8(kChunkSegmentVersion);
  header.resize(kChunkSegmentHeaderBytes);
  return Put(header);
}

Status ChunkSegmentWriter::EndSegment() {
  RETURN_IF_ERROR(Flush());
  if (fsync(fd_) != 0) return Fail("sync");
  const int fd = fd_;
  fd_ = -1;
  if (close(fd) != 0) return Fail("close");
  return OkStatus();
}

Status ChunkSegmentWriter::WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Fail("write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return OkStatus();
}

Status ChunkSegmentWriter::Flush() {
  RETURN_IF_ERROR(WriteAll(buffer_));
  buffer_.clear();
  return OkStatus();
}

Status ChunkSegmentWriter::Put(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBufferBytes) RETURN_IF_ERROR(Flush());
  if (bytes.size() > kBufferBytes) {
    RETURN_IF_ERROR(WriteAll(bytes));
  } else {
    buffer_.append(bytes);
  }
  segment_bytes_ += bytes.size();
  bytes_written_ += bytes.size();
  return OkStatus();
}

Status ChunkSegmentWriter::MakeRoom(size_t framed_bytes) {
  if (!failed_.ok()) return failed_;
  CHECK(fd_ >= 0);
  const bool empty = segment_bytes_ == kChunkSegmentHeaderBytes;
  if (empty || segment_bytes_ + framed_bytes <= segment_bytes_max_) return OkStatus();
  RETURN_IF_ERROR(EndSegment());
  return BeginSegment();
}

Result<ChunkRef> ChunkSegmentWriter::Write(const ChunkData& chunk) {
  frame_.clear();
  ByteWriter writer(&frame_);
  writer.Uvarint(chunk.data.size());
  const size_t length_bytes = frame_.size();
  writer.U8(static_cast<uint8_t>(chunk.encoding));
  writer.Bytes(chunk.data);
  writer.U32Be(Crc32c(std::string_view(frame_).substr(length_bytes)));
  return WriteFramed(frame_);
}

Result<ChunkRef> ChunkSegmentWriter::WriteFramed(std::string_view framed) {
  RETURN_IF_ERROR(MakeRoom(framed.size()));
  const ChunkRef ref(segments_begun_ - 1, static_cast<uint32_t>(segment_bytes_));
  RETURN_IF_ERROR(Put(framed));
  return ref;
}

Status ChunkSegmentWriter::Finish() {
  if (!failed_.ok()) return failed_;
  CHECK(fd_ >= 0);
  RETURN_IF_ERROR(EndSegment());
  return SyncDirectory(directory_);
}

}  // namespace epi::tsdb
