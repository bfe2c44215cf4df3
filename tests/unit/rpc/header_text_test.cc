// The text forms of gRPC's header fields.
#include <tuple>

#include "common/rpc/codes.h"
#include "common/rpc/message_percent.h"
#include "common/rpc/metadata.h"
#include "common/rpc/timeout.h"
#include "tests/support/catch.h"

namespace epi::rpc {
namespace {

using std::chrono::nanoseconds;

TEST_CASE("grpc-timeout is written in the finest unit of eight digits, rounded up") {
  const std::tuple<int64_t, const char*> cases[] = {{-5, "0n"},
                                                    {0, "0n"},
                                                    {1, "1n"},
                                                    {99'999'999, "99999999n"},
                                                    {100'000'000, "100000u"},
                                                    {100'000'001, "100001u"},
                                                    {5'000'000'000, "5000000u"},
                                                    {3'600'000'000'000, "3600000m"},
                                                    {INT64_MAX, "2562048H"}};
  for (const auto& [value, text] : cases) CHECK(FormatTimeout(nanoseconds(value)) == text);
}

TEST_CASE("grpc-timeout is read in all units and caps what does not fit") {
  CHECK(ParseTimeout("100m") == nanoseconds(100'000'000));
  CHECK(ParseTimeout("1n") == nanoseconds(1));
  CHECK(ParseTimeout("2u") == nanoseconds(2'000));
  CHECK(ParseTimeout("3S") == nanoseconds(3'000'000'000));
  CHECK(ParseTimeout("4M") == nanoseconds(240'000'000'000));
  CHECK(ParseTimeout("99999999H") == nanoseconds(INT64_MAX));
  for (const char* bad : {"", "5", "S", "5s", "-5S", "+5S", "123456789n", "5 S", "1.5S", "5Sx"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseTimeout(bad).has_value());
  }
}

TEST_CASE("grpc-message keeps printable ASCII and escapes the rest") {
  CHECK(PercentEncode("a b~") == "a b~");
  CHECK(PercentEncode(" a b  ") == "%20a b %20");
  CHECK(PercentEncode("100% größer\n") == "100%25 gr%C3%B6%C3%9Fer%0A");
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  CHECK(PercentDecode(PercentEncode(all)) == all);
}

TEST_CASE("grpc-message with broken escapes is kept as it is") {
  CHECK(PercentDecode("50% of %zz %4") == "50% of %zz %4");
  CHECK(PercentDecode("%41%") == "A%");
  CHECK(PercentDecode("%e2%82%ac") == "€");
}

TEST_CASE("grpc-status that is no known number is Unknown") {
  CHECK(CodeFromWire("0") == StatusCode::kOk);
  CHECK(CodeFromWire("16") == StatusCode::kUnauthenticated);
  for (const char* bad : {"", "17", "-1", "x", "1x", "99999999999"}) CHECK(CodeFromWire(bad) == StatusCode::kUnknown);
  CHECK(CodeFromHttp("503") == StatusCode::kUnavailable);
  CHECK(CodeFromHttp("404") == StatusCode::kUnimplemented);
  CHECK(CodeFromHttp("200") == StatusCode::kUnknown);
  CHECK(CodeFromReset(http::Http2Error::kRefusedStream) == StatusCode::kUnavailable);
}

TEST_CASE("base64 of metadata reads with and without padding") {
  for (const std::string text : {"", "a", "ab", "abc", "abcd"}) {
    std::string decoded;
    std::string encoded = Base64Encode(text);
    REQUIRE(Base64Decode(encoded, &decoded));
    CHECK(decoded == text);
    while (!encoded.empty() && encoded.back() == '=') encoded.pop_back();
    decoded.clear();
    REQUIRE(Base64Decode(encoded, &decoded));
    CHECK(decoded == text);
  }
  CHECK(Base64Encode(std::string("\xff\xfe\0", 3)) == "//4A");
  std::string ignored;
  CHECK_FALSE(Base64Decode("a", &ignored));
  CHECK_FALSE(Base64Decode("a*==", &ignored));
}

TEST_CASE("metadata leaves out reserved keys and what HTTP cannot carry") {
  http::HeaderFields fields;
  AppendMetadata({{"thanos-tenant", "a"}, {"grpc-status", "0"}, {":path", "/"}, {"Upper", "x"}, {"line", "a\nb"}, {"x-bin", "\n"}},
                 &fields);
  REQUIRE(fields.size() == 2);
  CHECK(fields[0].name == "thanos-tenant");
  CHECK(fields[1].value == "Cg==");
  const Metadata back = MetadataFromFields({{":status", "200"}, {"te", "trailers"}, {"x-bin", "Cg"}, {"y-bin", "*"}, {"k", "v"}});
  REQUIRE(back.size() == 2);
  CHECK(back[0].value == "\n");
  CHECK(back[1].name == "k");
}

}  // namespace
}  // namespace epi::rpc
