#include "agent/sidecar/read_frames.h"

#include <vector>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "tests/support/catch.h"

namespace epi::agent {
namespace {

std::string Frame(std::string_view data) {
  std::string frame;
  ByteWriter writer(&frame);
  writer.Uvarint(data.size());
  writer.U32Be(Crc32c(data));
  writer.Bytes(data);
  return frame;
}

struct Collected {
  std::vector<std::string> frames;
  Status fed;
  Status finished;
};

Collected Collect(std::string_view body, size_t piece) {
  Collected result;
  ReadFrames frames([&](std::string_view frame) {
    result.frames.emplace_back(frame);
    return OkStatus();
  });
  for (size_t at = 0; at < body.size() && result.fed.ok(); at += piece) result.fed = frames.Feed(body.substr(at, piece));
  result.finished = frames.Finish();
  return result;
}

TEST_CASE("frames come out whole wherever the body is cut") {
  const std::string body = Frame("first") + Frame("") + Frame(std::string(300, 'x'));
  for (size_t piece = 1; piece <= body.size(); ++piece) {
    const Collected result = Collect(body, piece);
    REQUIRE(result.fed.ok());
    REQUIRE(result.finished.ok());
    REQUIRE(result.frames == std::vector<std::string>{"first", "", std::string(300, 'x')});
  }
}

TEST_CASE("an error text after the first frame fails the read and is quoted") {
  const Collected result = Collect(Frame("ok") + "expanding series: query timed out\n", 7);
  const Status& error = result.fed.ok() ? result.finished : result.fed;
  CHECK(error.code() == StatusCode::kDataLoss);
  CHECK(error.message().find("expanding series") != std::string_view::npos);
}

TEST_CASE("a body that ends inside a frame is an error") {
  const std::string body = Frame("whole") + Frame("cut off");
  const Collected result = Collect(body.substr(0, body.size() - 1), body.size());
  CHECK(result.fed.ok());
  CHECK(result.finished.code() == StatusCode::kDataLoss);
  CHECK(result.frames.size() == 1);
}

TEST_CASE("a flipped bit and an absurd length are errors before anything is allocated") {
  std::string body = Frame("data");
  body.back() = static_cast<char>(body.back() ^ 1);
  CHECK(Collect(body, 1).fed.code() == StatusCode::kDataLoss);
  std::string huge;
  ByteWriter(&huge).Uvarint(1ULL << 60);
  CHECK(Collect(huge + "rest", 100).fed.code() == StatusCode::kDataLoss);
}

}  // namespace
}  // namespace epi::agent
