#include <string>

#include "common/base/random.h"
#include "common/base/str_cat.h"
#include "common/http/compress.h"
#include "tests/support/catch.h"

namespace epi::http {
namespace {

constexpr size_t kBytesMax = 64 << 20;

std::string Streamed(std::string_view text, size_t write_bytes) {
  GzipStream stream;
  std::string out;
  for (size_t i = 0; i < text.size(); i += write_bytes) stream.Write(text.substr(i, write_bytes), &out);
  stream.Finish(&out);
  return out;
}

std::string RandomBytes(Random* random, size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random->U64());
  return bytes;
}

// Points of a range query, which is what is streamed most.
std::string JsonLike(Random* random, size_t size) {
  std::string text;
  while (text.size() < size) StrAppend(&text, "[17000", random->Uniform(100000), ",\"", random->Fraction(), "\"],");
  return text;
}

TEST_CASE("streamed gzip reads back, for every kind of text and every way of writing it") {
  const uint64_t seed = Random::SystemSeed();
  INFO("seed " << seed);
  Random random(seed);
  const std::string texts[] = {"",
                               "x",
                               std::string(500'000, 'a'),
                               RandomBytes(&random, 200'000),
                               JsonLike(&random, 1'000'000),
                               RandomBytes(&random, 40'000) + JsonLike(&random, 90'000) + std::string(70'000, '\0')};
  for (const std::string& text : texts) {
    for (const size_t write_bytes : {size_t{777}, size_t{31'999}, size_t{32'000}, size_t{32'001}, size_t{1} << 20}) {
      const auto back = GzipDecompress(Streamed(text, write_bytes), kBytesMax);
      REQUIRE(back.ok());
      CHECK((*back == text));
    }
  }
}

TEST_CASE("streamed gzip of any size reads back") {
  const uint64_t seed = Random::SystemSeed();
  INFO("seed " << seed);
  Random random(seed);
  for (int i = 0; i < 300; ++i) {
    const std::string text = random.OneIn(4) ? RandomBytes(&random, random.Uniform(70'000)) : JsonLike(&random, random.Uniform(70'000));
    const auto back = GzipDecompress(Streamed(text, 1 + random.Uniform(50'000)), kBytesMax);
    REQUIRE(back.ok());
    CHECK((*back == text));
  }
}

TEST_CASE("streamed gzip of text is about as small as gzip of the whole") {
  Random random(1);
  const std::string text = JsonLike(&random, 2'000'000);
  CHECK(Streamed(text, 65'536).size() < GzipCompress(text).size() * 110 / 100);
}

}  // namespace
}  // namespace epi::http
