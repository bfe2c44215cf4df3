#include "common/rpc/compression.h"

#include <fstream>
#include <sstream>
#include <tuple>

#include "common/base/random.h"
#include "common/base/str_cat.h"
#include "common/rpc/framing.h"
#include "common/rpc/snappy_frames.h"
#include "tests/support/catch.h"

namespace epi::rpc {
namespace {

constexpr size_t kNoLimit = size_t{1} << 30;

std::string Noise(size_t size) {
  Random random(size);
  std::string out;
  while (out.size() < size) out.push_back(static_cast<char>(random.U64()));
  return out;
}

TEST_CASE("what a codec compressed it reads back, at all sizes") {
  for (const Codec codec : {Codec::kIdentity, Codec::kGzip, Codec::kSnappy}) {
    for (const size_t size : {0, 1, 100, 65'535, 65'536, 65'537, 1'000'000}) {
      CAPTURE(CodecName(codec), size);
      for (const std::string& text : {std::string(size, 'a'), Noise(size)}) {
        const Result<std::string> packed = Compress(codec, text);
        REQUIRE(packed.ok());
        const Result<std::string> back = Decompress(codec, *packed, size);
        INFO(back.status().ToString());
        REQUIRE(back.ok());
        CHECK((*back == text));
        if (size > 0) CHECK(Decompress(codec, *packed, size - 1).status().code() == StatusCode::kResourceExhausted);
      }
    }
  }
}

TEST_CASE("gzip reads several members, and refuses a message that is cut or followed by noise") {
  const std::string a = Compress(Codec::kGzip, std::string(5000, 'a')).value();
  const std::string b = Compress(Codec::kGzip, std::string(10, 'b')).value();
  CHECK(Decompress(Codec::kGzip, a + b, kNoLimit).value() == std::string(5000, 'a') + std::string(10, 'b'));
  CHECK_FALSE(Decompress(Codec::kGzip, a.substr(0, a.size() - 1), kNoLimit).ok());
  CHECK_FALSE(Decompress(Codec::kGzip, a + "noise and more noise", kNoLimit).ok());
  CHECK_FALSE(Decompress(Codec::kGzip, "", kNoLimit).ok());
}

TEST_CASE("gzip does not believe a trailer that claims a huge size") {
  std::string lie = Compress(Codec::kGzip, "small").value();
  lie.replace(lie.size() - 4, 4, "\xff\xff\xff\x3f");
  CHECK_FALSE(Decompress(Codec::kGzip, lie, kNoLimit).ok());
}

TEST_CASE("snappy frames are read with skippable chunks, and refused when they are broken") {
  const std::string packed = SnappyFramesCompress("hello hello hello hello hello");
  const std::string padding("\xfe\x02\x00\x00zz", 6);
  CHECK(SnappyFramesDecompress(packed + padding + packed, kNoLimit).value() ==
        "hello hello hello hello hellohello hello hello hello hello");
  CHECK_FALSE(SnappyFramesDecompress(packed.substr(10), kNoLimit).ok());
  CHECK_FALSE(SnappyFramesDecompress(packed.substr(0, packed.size() - 1), kNoLimit).ok());
  CHECK_FALSE(SnappyFramesDecompress(packed + std::string("\x02\x00\x00\x00", 4), kNoLimit).ok());
  for (size_t i = 0; i < packed.size(); ++i) {
    std::string broken = packed;
    broken[i] = static_cast<char>(broken[i] ^ 0x40);
    CAPTURE(i);
    CHECK_FALSE(SnappyFramesDecompress(broken, kNoLimit).ok());
  }
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST_CASE("snappy messages exchanged by Thanos are read") {
  for (const auto& [file, messages, first_byte] : {std::tuple{"snappy-request.bin", size_t{1}, '\x08'},
                                                   std::tuple{"snappy-response.bin", size_t{7}, '\n'}}) {
    FrameDecoder decoder(kNoLimit);
    std::vector<Frame> frames;
    REQUIRE(decoder.Feed(ReadFile(StrCat("tests/fixtures/rpc/", file)), &frames).ok());
    CHECK(frames.size() == messages);
    CHECK_FALSE(decoder.partial());
    for (const Frame& frame : frames) {
      REQUIRE(frame.compressed);
      const Result<std::string> message = Decompress(Codec::kSnappy, frame.message, kNoLimit);
      REQUIRE(message.ok());
      if (&frame == frames.data()) CHECK(message->front() == first_byte);
    }
  }
}

TEST_CASE("accept-encoding lists are read with and without spaces") {
  CHECK(Accepts("identity, deflate, gzip", Codec::kGzip));
  CHECK(Accepts("snappy,gzip", Codec::kSnappy));
  CHECK_FALSE(Accepts("gzip2,snappyx", Codec::kSnappy));
  CHECK(Accepts("", Codec::kIdentity));
  CHECK_FALSE(Accepts("", Codec::kGzip));
  CHECK(CodecFromName("zstd").status().ToString() == "Unimplemented: message encoding zstd is not supported");
}

}  // namespace
}  // namespace epi::rpc
