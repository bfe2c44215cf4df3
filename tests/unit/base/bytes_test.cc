#include "common/base/bytes.h"

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("a byte reader returns what a byte writer wrote") {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.U8(7);
  writer.U32Be(0xBAAAD700);
  writer.U64Le(42);
  writer.Uvarint(UINT64_MAX);
  writer.Varint(INT64_MIN);
  writer.UvarintBytes("label");
  ByteReader reader(bytes);
  CHECK(reader.U8() == 7);
  CHECK(reader.U32Be() == 0xBAAAD700);
  CHECK(reader.U64Le() == 42);
  CHECK(reader.Uvarint() == UINT64_MAX);
  CHECK(reader.Varint() == INT64_MIN);
  CHECK(reader.UvarintBytes() == "label");
  CHECK(reader.ok());
  CHECK(reader.empty());
}

TEST_CASE("a byte reader stays failed after a read past the end") {
  ByteReader reader("abc");
  CHECK(reader.U32Be() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.U8() == 0);
}

TEST_CASE("a byte reader rejects varints without an end and above 64 bits") {
  ByteReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11));
  endless.Uvarint();
  CHECK_FALSE(endless.ok());
  ByteReader wide(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10));
  wide.Uvarint();
  CHECK_FALSE(wide.ok());
  ByteReader huge(std::string_view("\xff\xff\xff\xff\x0f", 5));
  CHECK(huge.UvarintBytes().empty());
  CHECK_FALSE(huge.ok());
}

}  // namespace
}  // namespace epi
