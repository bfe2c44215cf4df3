#include "agent/sidecar/read_frames.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"

namespace epi::agent {
namespace {

// How much of a damaged frame is quoted: enough for Prometheus' own error text.
constexpr size_t kQuotedBytesMax = 200;
constexpr size_t kChecksumBytes = 4;

}  // namespace

Status ReadFrames::Damaged(std::string_view reason, std::string_view bytes) const {
  return DataLossError(StrCat("remote read frame ", frames_, " at byte ", offset_, ": ", reason, "; it starts with ",
                              GoQuote(bytes.substr(0, kQuotedBytesMax))));
}

Result<std::string_view> ReadFrames::TakeFrames(std::string_view bytes) {
  while (!bytes.empty()) {
    ByteReader reader(bytes);
    const uint64_t length = reader.Uvarint();
    if (!reader.ok()) {
      if (bytes.size() >= kVarintBytesMax) return Damaged("bad length", bytes);
      break;
    }
    if (length > kReadFrameBytesMax) return Damaged(StrCat("length ", length, " is above the limit"), bytes);
    const uint32_t checksum = reader.U32Be();
    const std::string_view frame = reader.Bytes(length);
    if (!reader.ok()) break;
    if (Crc32c(frame) != checksum) return Damaged("checksum mismatch", bytes);
    RETURN_IF_ERROR(sink_(frame));
    ++frames_;
    offset_ += reader.offset();
    bytes.remove_prefix(reader.offset());
  }
  return bytes;
}

size_t ReadFrames::MissingBytes() const {
  ByteReader reader(pending_);
  const uint64_t length = reader.Uvarint();
  if (!reader.ok()) return 1;
  return reader.offset() + kChecksumBytes + length - pending_.size();
}

Status ReadFrames::Feed(std::string_view bytes) {
  while (!pending_.empty() && !bytes.empty()) {
    const size_t taken = std::min(bytes.size(), MissingBytes());
    pending_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (TRY(TakeFrames(pending_)).empty()) pending_.clear();
  }
  pending_ += TRY(TakeFrames(bytes));
  return OkStatus();
}

Status ReadFrames::Finish() const {
  if (pending_.empty()) return OkStatus();
  return Damaged("the body ends inside the frame", pending_);
}

}  // namespace epi::agent
