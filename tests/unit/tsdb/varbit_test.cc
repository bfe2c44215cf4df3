#include "common/tsdb/varbit.h"

#include <limits>

#include "common/base/random.h"
#include "common/tsdb/histogram_layout.h"
#include "tests/support/catch.h"

namespace epi::tsdb {
namespace {

std::vector<int64_t> Edges() {
  std::vector<int64_t> edges = {0, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  for (unsigned bit = 0; bit < 63; ++bit) {
    for (int64_t around = -2; around <= 2; ++around) {
      edges.push_back((int64_t{1} << bit) + around);
      edges.push_back(-(int64_t{1} << bit) + around);
    }
  }
  return edges;
}

TEST_CASE("varbit numbers at every width's edges read back as they were written") {
  BitWriter writer;
  for (const int64_t edge : Edges()) {
    WriteVarbitInt(&writer, edge);
    WriteVarbitUint(&writer, static_cast<uint64_t>(edge));
  }
  const std::string data = writer.Finish();
  BitReader reader(data);
  for (const int64_t edge : Edges()) {
    REQUIRE(ReadVarbitInt(&reader) == edge);
    REQUIRE(ReadVarbitUint(&reader) == static_cast<uint64_t>(edge));
  }
  CHECK(reader.ok());
  CHECK(reader.remaining_bits() < 8);
}

TEST_CASE("a row of varbit numbers reads the same at once as one by one") {
  Random random(4);
  for (size_t round = 0; round < 2000; ++round) {
    // Rows of short codes only, with a long one here and there, and of anything.
    const uint64_t long_one_in = round % 3 == 0 ? 1'000'000 : 1 + round % 30;
    BitWriter writer;
    std::vector<int64_t> numbers(random.Uniform(20));
    for (int64_t& number : numbers) {
      number = static_cast<int64_t>(random.Uniform(64)) - 31;
      if (random.OneIn(long_one_in)) number = Edges()[random.Uniform(Edges().size())];
      WriteVarbitInt(&writer, number);
    }
    writer.Write(0b1101, 4);
    const std::string data = writer.Finish();
    BitReader reader(data);
    std::vector<int64_t> read(numbers.size());
    ReadVarbitInts(&reader, numbers.size(), read.data());
    REQUIRE(read == numbers);
    REQUIRE(reader.Read(4) == 0b1101);
    CHECK(reader.ok());
  }
}

TEST_CASE("signed varbit fields are lopsided: three bits hold -3 to 4") {
  const auto bits_of = [](int64_t value) {
    BitWriter writer;
    WriteVarbitInt(&writer, value);
    writer.Write(1, 1);
    return writer.Finish();
  };
  CHECK(bits_of(4) == std::string("\xa4", 1));     // 10 100 1
  CHECK(bits_of(-3) == std::string("\xac", 1));    // 10 101 1
  CHECK(bits_of(-4) == std::string("\xde\x40", 2));  // 110 111100 1
}

TEST_CASE("a bit reader gives zeros past the end and says so") {
  BitReader reader(std::string_view("\xff", 1));
  CHECK(reader.Read(12) == 0xff0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.remaining_bits() == 0);
  BitReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12));
  CHECK(endless.Uvarint() == 0);
  CHECK_FALSE(endless.ok());
}

TEST_CASE("a histogram layout reads back with every threshold and bound bit by bit") {
  for (const double threshold : {0.0, -0.0, 0x1p-243, 0x1p-244, 0x1p10, 0x1p11, 0x1p-128, 0.001, 1.0}) {
    HistogramLayout layout;
    layout.schema = series::kCustomBucketsSchema;
    layout.zero_threshold = threshold;
    layout.positive_spans = {{-5, 2}, {3, 1}};
    layout.custom_values = {-0.0, 0.0, 0.001, 0.1, 1.0 / 3, 33554.43, 33554.431, -2, 1e300};
    BitWriter writer;
    WriteHistogramLayout(&writer, layout);
    writer.Write(0, 64);
    const std::string data = writer.Finish();
    BitReader reader(data);
    HistogramLayout read;
    REQUIRE(ReadHistogramLayout(&reader, 1, &read).ok());
    CHECK(read == layout);
    CHECK(std::bit_cast<uint64_t>(read.zero_threshold) == std::bit_cast<uint64_t>(threshold));
    CHECK(std::bit_cast<uint64_t>(read.custom_values[0]) == std::bit_cast<uint64_t>(-0.0));
  }
}

}  // namespace
}  // namespace epi::tsdb
