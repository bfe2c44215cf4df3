// gRPC frames, both codecs and the header texts from bytes of a stranger.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/check.h"
#include "common/rpc/compression.h"
#include "common/rpc/framing.h"
#include "common/rpc/message_percent.h"
#include "common/rpc/metadata.h"
#include "common/rpc/timeout.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi::rpc;
  constexpr size_t kLimit = size_t{1} << 16;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t piece = size == 0 ? 1 : data[0] % 17 + 1;
  std::vector<Frame> whole;
  std::vector<Frame> cut;
  FrameDecoder at_once(kLimit);
  FrameDecoder piecewise(kLimit);
  const bool ok = at_once.Feed(bytes, &whole).ok();
  bool cut_ok = true;
  for (size_t at = 0; at < size && cut_ok; at += piece) cut_ok = piecewise.Feed(bytes.substr(at, piece), &cut).ok();
  CHECK(ok == cut_ok);
  CHECK(whole.size() == cut.size());
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy}) {
    const auto out = Decompress(codec, bytes, kLimit);
    CHECK(!out.ok() || out->size() <= kLimit);
  }
  CHECK(PercentDecode(PercentEncode(bytes)) == bytes);
  std::string decoded;
  CHECK(Base64Decode(Base64Encode(bytes), &decoded) && decoded == bytes);
  if (const auto timeout = ParseTimeout(bytes)) CHECK(timeout->count() >= 0);
  return 0;
}
