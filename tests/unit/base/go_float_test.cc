#include "common/base/go_float.h"

#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "tests/support/catch.h"

namespace epi {
namespace {

template <typename Append, typename Value>
std::string Format(Append append, Value value) {
  std::string out;
  append(&out, value);
  return out;
}

TEST_CASE("floats print as Go prints them") {
  std::ifstream golden("tests/golden/base/go_float.txt");
  REQUIRE(golden.good());
  int lines = 0;
  for (std::string line; std::getline(golden, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string bits, f, g, e, json;
    fields >> bits >> f >> g >> e >> json;
    const auto value = std::bit_cast<double>(static_cast<uint64_t>(std::stoull(bits, nullptr, 16)));
    INFO(line);
    CHECK(Format(AppendFloatF, value) == f);
    CHECK(Format(AppendFloatG, value) == g);
    CHECK(Format(AppendFloatE, value) == e);
    if (json != "-") CHECK(Format(AppendJsonFloat, value) == json);
    const double magnitude = std::fabs(value);
    const bool exponent = magnitude != 0 && !std::isinf(value) && (magnitude < 1e-6 || magnitude >= 1e21);
    CHECK(Format(AppendSampleValue, value) == (exponent ? e : f));
    CHECK(f.size() <= kFloatFBytesMax);
    CHECK(e.size() <= kFloatBytesMax);
    ++lines;
  }
  CHECK(lines > 150);
}

TEST_CASE("the longest float fits the documented size") {
  CHECK(Format(AppendFloatF, -std::numeric_limits<double>::denorm_min()).size() <= kFloatFBytesMax);
  CHECK(Format(AppendFloatF, -2.2250738585072014e-308).size() <= kFloatFBytesMax);
  CHECK(Format(AppendSampleValue, -1.7976931348623157e+308) == "-1.7976931348623157e+308");
  CHECK(Format(AppendSampleValue, -0.0000012345678901234567).size() <= kFloatBytesMax);
}

TEST_CASE("timestamps print as seconds with three decimals or none") {
  CHECK(Format(AppendTimestampMs, int64_t{0}) == "0");
  CHECK(Format(AppendTimestampMs, int64_t{1}) == "0.001");
  CHECK(Format(AppendTimestampMs, int64_t{1700000000120}) == "1700000000.120");
  CHECK(Format(AppendTimestampMs, int64_t{1700000000000}) == "1700000000");
  CHECK(Format(AppendTimestampMs, int64_t{-1500}) == "-1.500");
  CHECK(Format(AppendTimestampMs, int64_t{-1}) == "-0.001");
  CHECK(Format(AppendTimestampMs, std::numeric_limits<int64_t>::min()) == "-9223372036854775.808");
}

}  // namespace
}  // namespace epi
