#include "common/tsdb/series_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "common/base/bytes.h"
#include "common/base/errno_status.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"

namespace epi::tsdb {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;

// False when the buffer ends before the record does.
bool ReadRecord(ByteReader* reader, std::vector<uint32_t>* pairs, std::string_view* chunks) {
  pairs->clear();
  const uint64_t count = reader->Uvarint();
  for (uint64_t i = 0; i < count && reader->ok(); ++i) pairs->push_back(static_cast<uint32_t>(reader->Uvarint()));
  *chunks = reader->UvarintBytes();
  return reader->ok();
}

}  // namespace

Result<SeriesSpool> SeriesSpool::Create(const std::string& directory) {
  std::string path = StrCat(directory, "/.series-XXXXXX");
  UniqueFd fd(mkostemp(path.data(), O_CLOEXEC));
  if (!fd.valid()) return ErrnoError(errno, StrCat("create ", path));
  if (unlink(path.c_str()) != 0) return ErrnoError(errno, StrCat("unlink ", path));
  return SeriesSpool(directory, std::move(fd));
}

Status SeriesSpool::Add(const Record& record) {
  ByteWriter writer(&buffer_);
  writer.Uvarint(record.pairs.size());
  for (const uint32_t pair : record.pairs) writer.Uvarint(pair);
  writer.UvarintBytes(record.chunks);
  return buffer_.size() >= kBufferBytes ? Flush() : OkStatus();
}

Status SeriesSpool::Flush() {
  RETURN_IF_ERROR(WriteAll(fd_.get(), buffer_, StrCat("temporary file in ", directory_)));
  file_bytes_ += buffer_.size();
  buffer_.clear();
  return OkStatus();
}

Result<bool> SeriesSpool::Refill(size_t used, uint64_t* offset, std::string* buffer) const {
  buffer->erase(0, used);
  const size_t kept = buffer->size();
  // A record longer than the buffer doubles it.
  const size_t want = std::min<uint64_t>(std::max(kBufferBytes, kept), file_bytes_ - *offset);
  buffer->resize(kept + want);
  size_t got = 0;
  while (got < want) {
    const ssize_t n = pread(fd_.get(), buffer->data() + kept + got, want - got, static_cast<off_t>(*offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return ErrnoError(n < 0 ? errno : EIO, StrCat("read temporary file in ", directory_));
    got += static_cast<size_t>(n);
  }
  *offset += want;
  return want > 0;
}

Status SeriesSpool::Replay(const std::function<Status(const Record&)>& each) {
  RETURN_IF_ERROR(Flush());
  std::string buffer;
  std::vector<uint32_t> pairs;
  uint64_t offset = 0;
  size_t used = 0;
  for (;;) {
    ByteReader reader(std::string_view(buffer).substr(used));
    std::string_view chunks;
    if (!reader.empty() && ReadRecord(&reader, &pairs, &chunks)) {
      used += reader.offset();
      RETURN_IF_ERROR(each({pairs, chunks}));
      continue;
    }
    if (!TRY(Refill(used, &offset, &buffer))) return OkStatus();
    used = 0;
  }
}

}  // namespace epi::tsdb
