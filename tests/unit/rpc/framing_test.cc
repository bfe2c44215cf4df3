#include "common/rpc/framing.h"

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::rpc {
namespace {

std::string Framed(std::string_view message, bool compressed = false) {
  const auto prefix = FramePrefix(message.size(), compressed);
  return std::string(prefix.data(), prefix.size()).append(message);
}

TEST_CASE("frame decoder finds the same messages however the bytes are cut") {
  const std::string bytes = Framed("one") + Framed("") + Framed(std::string(300, 'x'), true);
  for (size_t piece = 1; piece <= bytes.size(); ++piece) {
    FrameDecoder decoder(1000);
    std::vector<Frame> frames;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      REQUIRE(decoder.Feed(std::string_view(bytes).substr(at, piece), &frames).ok());
    }
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].message == "one");
    CHECK(frames[1].message.empty());
    CHECK(frames[2].message == std::string(300, 'x'));
    CHECK(frames[2].compressed);
    CHECK_FALSE(decoder.partial());
  }
}

TEST_CASE("frame decoder knows what is missing of a message in progress") {
  FrameDecoder decoder(1000);
  std::vector<Frame> frames;
  REQUIRE(decoder.Feed(Framed("abcdef").substr(0, 8), &frames).ok());
  CHECK(decoder.partial());
  CHECK(decoder.missing_bytes() == 3);
}

TEST_CASE("frame decoder refuses a length above the limit before it takes memory, and unknown flags") {
  FrameDecoder decoder(10);
  std::vector<Frame> frames;
  CHECK(decoder.Feed(Framed("elevenbytes"), &frames).ToString() ==
        "ResourceExhausted: received message of 11 bytes, limit is 10");
  FrameDecoder flags(10);
  CHECK(flags.Feed(std::string("\2\0\0\0\0", 5), &frames).ToString() == "Internal: gRPC frame with flags 2");
}

}  // namespace
}  // namespace epi::rpc
