#include "common/rpc/framing.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/str_cat.h"

namespace epi::rpc {
namespace {

// A declared length is believed up to here; beyond, the buffer grows as bytes arrive.
constexpr size_t kReserveBytesMax = size_t{1} << 20;

}  // namespace

std::array<char, kFramePrefixBytes> FramePrefix(size_t message_bytes, bool compressed) {
  CHECK(message_bytes <= UINT32_MAX);
  std::array<char, kFramePrefixBytes> prefix{};
  prefix[0] = compressed ? 1 : 0;
  for (size_t i = 0; i < 4; ++i) prefix[1 + i] = static_cast<char>(message_bytes >> (8 * (3 - i)));
  return prefix;
}

Status FrameDecoder::ReadPrefix() {
  ByteReader reader({prefix_.data(), prefix_.size()});
  const uint8_t flag = reader.U8();
  if (flag > 1) return InternalError(StrCat("gRPC frame with flags ", int{flag}));
  length_ = reader.U32Be();
  if (length_ > message_bytes_max_) {
    return ResourceExhaustedError(StrCat("received message of ", length_, " bytes, limit is ", message_bytes_max_));
  }
  frame_.compressed = flag == 1;
  frame_.message.reserve(std::min(length_, kReserveBytesMax));
  return OkStatus();
}

Status FrameDecoder::Feed(std::string_view bytes, std::vector<Frame>* out) {
  while (!bytes.empty()) {
    if (prefix_bytes_ < kFramePrefixBytes) {
      const size_t taken = std::min(kFramePrefixBytes - prefix_bytes_, bytes.size());
      std::copy_n(bytes.data(), taken, prefix_.data() + prefix_bytes_);
      prefix_bytes_ += taken;
      bytes.remove_prefix(taken);
      if (prefix_bytes_ < kFramePrefixBytes) return OkStatus();
      RETURN_IF_ERROR(ReadPrefix());
    }
    const size_t taken = std::min(missing_bytes(), bytes.size());
    frame_.message.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (missing_bytes() > 0) return OkStatus();
    out->push_back(std::exchange(frame_, Frame()));
    prefix_bytes_ = 0;
  }
  return OkStatus();
}

}  // namespace epi::rpc
