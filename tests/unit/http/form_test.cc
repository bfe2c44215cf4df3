#include "common/http/form.h"

#include "common/http/compress.h"
#include "common/http/header_text.h"
#include "common/http/http1_encoder.h"
#include "tests/support/catch.h"

namespace epi::http {

TEST_CASE("a form decodes plus, escapes and repeated keys in order") {
  const auto form = Form::Parse("query=a+%2B+b&match[]=x&match%5B%5D=y&empty=&flag&&eq=a=b");
  REQUIRE(form.ok());
  CHECK(form.value().Get("query") == "a + b");
  CHECK(form.value().All("match[]") == std::vector<std::string>{"x", "y"});
  CHECK(form.value().Has("empty"));
  CHECK(form.value().Has("flag"));
  CHECK(form.value().Get("eq") == "a=b");
  CHECK_FALSE(form.value().Has("none"));
  CHECK(form.value().Get("none").empty());
}

TEST_CASE("a form takes body parameters before those of the URL, and only from a form body") {
  const auto both = Form::ParseRequest("q=url&only=1", "Application/X-WWW-Form-urlencoded; charset=UTF-8", "q=body");
  REQUIRE(both.ok());
  CHECK(both.value().Get("q") == "body");
  CHECK(both.value().All("q") == std::vector<std::string>{"body", "url"});
  CHECK(both.value().Get("only") == "1");
  CHECK(Form::ParseRequest("q=url", "application/json", "q=body").value().Get("q") == "url");
  CHECK(Form::ParseRequest("q=url", "application/x-www-form-urlencoded", "").value().Get("q") == "url");
}

TEST_CASE("a form refuses bad escapes, semicolons and too many fields by name") {
  CHECK(Form::Parse("a=%zz").status().message() == "invalid URL escape \"%zz\"");
  CHECK(Form::Parse("a=%1").status().message() == "invalid URL escape \"%1\"");
  CHECK(Form::Parse("a=1;b=2").status().message() == "invalid semicolon separator in query");
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "a&";
  CHECK(Form::Parse(many).status().message() == "more than 10000 parameters");
}

TEST_CASE("what a form encodes it decodes to the same") {
  Form form;
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  form.Add(all, all);
  form.Add("b", "");
  const auto again = Form::Parse(form.Encode());
  REQUIRE(again.ok());
  CHECK(again.value().fields() == form.fields());
}

TEST_CASE("gzip is chosen when asked for and not when refused") {
  CHECK(AcceptsGzip("gzip, deflate, br"));
  CHECK(AcceptsGzip("deflate, GZIP;q=0.5"));
  CHECK(AcceptsGzip("*"));
  CHECK_FALSE(AcceptsGzip(""));
  CHECK_FALSE(AcceptsGzip("identity"));
  CHECK_FALSE(AcceptsGzip("gzip;q=0"));
  CHECK_FALSE(AcceptsGzip("gzip; q=0.000, *"));
  CHECK(IsCompressible("application/json; charset=utf-8"));
  CHECK_FALSE(IsCompressible("image/png"));
}

TEST_CASE("gzip whole and in pieces reads back, and bombs are refused before they unfold") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "series " + std::to_string(i);
  const std::string whole = GzipCompress(text);
  CHECK(whole.size() < text.size() / 3);
  CHECK(GzipDecompress(whole, text.size()).value() == text);
  GzipStream stream;
  std::string pieces;
  for (size_t i = 0; i < text.size(); i += 1000) stream.Write(std::string_view(text).substr(i, 1000), &pieces);
  stream.Finish(&pieces);
  CHECK(GzipDecompress(pieces, text.size()).value() == text);
  CHECK(GzipDecompress(whole, text.size() - 1).status().code() == StatusCode::kResourceExhausted);
  CHECK(GzipDecompress(GzipCompress(""), 0).value().empty());
  std::string lies = whole;
  lies[lies.size() - 1] = '\x7f';
  CHECK(GzipDecompress(lies, size_t{4} << 30).status().message() == "gzip: impossible size");
  CHECK(GzipDecompress(whole + "x", size_t{1} << 31).status().code() == StatusCode::kInvalidArgument);
  CHECK(GzipDecompress(whole + whole, text.size()).status().code() == StatusCode::kInvalidArgument);
  CHECK(GzipDecompress("short", 10).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("an encoded head cannot be split by a header's value") {
  const HeaderFields fields = {{"location", "/a\r\nset-cookie: x"}};
  Http1ResponseHead head;
  head.status = 302;
  head.headers = &fields;
  std::string out;
  AppendHttp1Head(head, &out);
  CHECK(out.find("location: /a  set-cookie: x\r\n") != std::string::npos);
  CHECK(out.starts_with("HTTP/1.1 302 Found\r\n"));
  CHECK(out.ends_with("Content-Length: 0\r\n\r\n"));
  std::string chunk;
  AppendChunk("", &chunk);
  AppendChunk(std::string(26, 'x'), &chunk);
  CHECK(chunk == "1a\r\n" + std::string(26, 'x') + "\r\n");
}

TEST_CASE("header words compare without case and lists are searched by element") {
  CHECK(ListContains("Keep-Alive, close", "close"));
  CHECK_FALSE(ListContains("closed, not-close", "close"));
  CHECK(EqualsIgnoreCase("ChUnKeD", "chunked"));
  CHECK(TrimSpace(" \t a b \t") == "a b");
  CHECK(IsToken("x-abc_1"));
  CHECK_FALSE(IsToken("a b"));
  CHECK_FALSE(IsToken(""));
}

}  // namespace epi::http
