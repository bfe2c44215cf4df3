// Two XOR chunks decoded side by side are what each is alone.
#include <bit>
#include <cmath>
#include <random>
#include <string>

#include "common/tsdb/column_decoder.h"
#include "common/tsdb/xor_chunk.h"
#include "common/tsdb/xor_pair.h"
#include "tests/support/catch.h"

namespace epi::tsdb {
namespace {

// Regular or ragged times; values that stay, count, jump or are anything.
std::string RandomChunk(std::mt19937_64* random) {
  XorEncoder encoder;
  const uint64_t samples = (*random)() % 20 == 0 ? (*random)() % 3 + 1 : (*random)() % 200 + 1;
  const uint64_t times = (*random)() % 3;
  const uint64_t values = (*random)() % 4;
  int64_t t_ms = static_cast<int64_t>((*random)() % 1'000'000);
  double value = 0;
  for (uint64_t i = 0; i < samples; ++i) {
    encoder.Append(t_ms, value);
    t_ms += 15'000;
    if (times >= 1 && (*random)() % 4 == 0) t_ms += static_cast<int64_t>((*random)() % 41);
    if (times == 2 && (*random)() % 9 == 0) t_ms += int64_t{1} << (*random)() % 40;
    if (values == 0 || (*random)() % 3 == 0) continue;
    if (values == 1) value += static_cast<double>((*random)() % 100);
    if (values == 2) value = static_cast<double>((*random)() % 1'000'000) * 4096;
    if (values == 3) value = std::bit_cast<double>((*random)());
  }
  return encoder.Finish();
}

bool SameColumns(const FloatColumns& a, const FloatColumns& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a.times_ms()[i] != b.times_ms()[i]) return false;
    if (std::bit_cast<uint64_t>(a.values()[i]) != std::bit_cast<uint64_t>(b.values()[i])) return false;
  }
  return true;
}

// Exactly as large as the data, so that sanitizers see a read past the end.
std::string_view Exact(const std::string& data, std::vector<char>* copy) {
  copy->assign(data.begin(), data.end());
  return {copy->data(), copy->size()};
}

}  // namespace

TEST_CASE("what an encoder wrote comes back, alone and side by side with another chunk") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 3'000; ++round) {
    std::vector<char> copies[2];
    const std::string chunks[2] = {RandomChunk(&random), RandomChunk(&random)};
    const std::string_view data[2] = {Exact(chunks[0], &copies[0]), Exact(chunks[1], &copies[1])};
    FloatColumns alone[2];
    FloatColumns pair[2];
    for (int i = 0; i < 2; ++i) REQUIRE(DecodeXor(data[i], &alone[i]).ok());
    const XorPairStatus status = DecodeXorPair(data[0], data[1], &pair[0], &pair[1]);
    REQUIRE(status.first.ok());
    REQUIRE(status.second.ok());
    for (int i = 0; i < 2; ++i) {
      REQUIRE(SameColumns(alone[i], pair[i]));
      XorEncoder again;
      for (size_t k = 0; k < alone[i].size(); ++k) again.Append(alone[i].times_ms()[k], alone[i].values()[k]);
      REQUIRE((again.Finish() == chunks[i]));
    }
  }
}

TEST_CASE("damage to one chunk of a pair is told of that one alone") {
  std::mt19937_64 random(12);
  for (int round = 0; round < 3'000; ++round) {
    std::vector<char> copies[2];
    const std::string good = RandomChunk(&random);
    std::string bad = RandomChunk(&random);
    bad.resize(random() % bad.size());
    FloatColumns columns[2];
    FloatColumns alone;
    const Status expected = DecodeXor(Exact(bad, &copies[0]), &alone);
    const XorPairStatus status = DecodeXorPair(Exact(good, &copies[1]), Exact(bad, &copies[0]), &columns[0], &columns[1]);
    CHECK(status.first.ok());
    CHECK(status.second.code() == expected.code());
    const XorPairStatus turned = DecodeXorPair(Exact(bad, &copies[0]), Exact(good, &copies[1]), &columns[0], &columns[1]);
    CHECK(turned.first.code() == expected.code());
    CHECK(turned.second.ok());
  }
}

TEST_CASE("a chunk decoded ahead is used when it is opened next, and only then") {
  std::mt19937_64 random(13);
  const std::string first = RandomChunk(&random);
  const std::string second = RandomChunk(&random);
  const std::string third = RandomChunk(&random);
  FloatColumns expected;
  ColumnDecoder decoder;
  const ChunkData next{Encoding::kXor, second};
  const auto opens_as = [&](const std::string& data, const ChunkData* ahead) {
    REQUIRE(decoder.Open({Encoding::kXor, data}, ahead).ok());
    REQUIRE(DecodeXor(data, &expected).ok());
    const Result<const series::SampleBatch*> batch = decoder.Next();
    REQUIRE(batch.ok());
    return std::equal((*batch)->times_ms.begin(), (*batch)->times_ms.end(), expected.times_ms().begin(), expected.times_ms().end());
  };
  CHECK(opens_as(first, &next));
  CHECK(opens_as(second, nullptr));
  CHECK(opens_as(second, nullptr));
  CHECK(opens_as(first, &next));
  CHECK(opens_as(third, &next));
  CHECK(opens_as(second, nullptr));
}

}  // namespace epi::tsdb
