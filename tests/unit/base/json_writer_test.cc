#include "common/base/json_writer.h"

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("JSON strings are escaped as encoding/json does, with and without HTML") {
  const std::string_view text("a\"b\\c/\n\r\t\b\f\v\0\x1f\x7f<>&'\xe2\x80\xa8\xe2\x80\xa9\xc3\xa9\xff\xf0\x9f\x98\x80", 32);
  // Printed by Go 1.26.
  const std::string head = R"("a\"b\\c/\n\r\t\b\f\u000b\u0000\u001f)" "\x7f";
  const std::string tail = "'\\u2028\\u2029\xc3\xa9\\ufffd\xf0\x9f\x98\x80\"";
  CHECK(JsonQuote(text) == head + "<>&" + tail);
  CHECK(JsonQuote(text, HtmlEscape::kYes) == head + "\\u003c\\u003e\\u0026" + tail);
}

TEST_CASE("a JSON writer puts the commas") {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().Key("a").Int(-1).Key("b").BeginArray().Uint(2).String("x").Bool(true).Null().Double(1e-7).EndArray();
  json.Key("c").BeginObject().EndObject().Key("d").Raw("[1]").EndObject();
  CHECK(out == R"({"a":-1,"b":[2,"x",true,null,1e-7],"c":{},"d":[1]})");
}

TEST_CASE("a JSON writer indents as encoding/json does") {
  std::string out;
  JsonWriter json(&out, {"\t", HtmlEscape::kYes});
  json.BeginObject().Key("a").BeginArray().Int(1).Int(2).EndArray().Key("b").BeginObject().EndObject().EndObject();
  CHECK(out == "{\n\t\"a\": [\n\t\t1,\n\t\t2\n\t],\n\t\"b\": {}\n}");
}

}  // namespace
}  // namespace epi
