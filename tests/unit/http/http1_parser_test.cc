#include "common/http/http1_parser.h"

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::http {
namespace {

using Event = Http1Parser::Event;

// What a run over some bytes came to: requests as "METHOD target body|", then the error, if any.
struct Outcome {
  std::string requests;
  int status = 0;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

// Feeds `bytes` in pieces of `piece` bytes.
Outcome Run(std::string_view bytes, size_t piece, const Http1Parser::Limits& limits = {}) {
  Http1Parser parser(limits);
  Outcome outcome;
  while (!bytes.empty()) {
    std::string_view input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    for (Event event = parser.Parse(&input); event != Event::kMore; event = parser.Parse(&input)) {
      if (event == Event::kHead) StrAppend(&outcome.requests, parser.head().method, " ", parser.head().target, " ");
      if (event == Event::kBody) outcome.requests += parser.body();
      if (event == Event::kDone) outcome.requests += "|";
      if (event == Event::kError) {
        outcome.status = parser.error_status();
        outcome.error = parser.error_text();
        return outcome;
      }
    }
    CHECK(input.empty());
  }
  return outcome;
}

// The same outcome whatever the pieces.
Outcome RunAll(const std::string& bytes, const Http1Parser::Limits& limits = {}) {
  const Outcome whole = Run(bytes, bytes.size(), limits);
  for (size_t piece = 1; piece < bytes.size(); piece = piece < 8 ? piece + 1 : piece * 2) {
    INFO(piece);
    const Outcome split = Run(bytes, piece, limits);
    CHECK(split.requests == whole.requests);
    CHECK(split.status == whole.status);
    CHECK(split.error == whole.error);
  }
  return whole;
}

std::string Get(const std::string& headers) { return StrCat("GET / HTTP/1.1\r\nHost: a\r\n", headers, "\r\n"); }
std::string Post(const std::string& headers, const std::string& body) {
  return StrCat("POST /x HTTP/1.1\r\nHost: a\r\n", headers, "\r\n", body);
}

}  // namespace

TEST_CASE("an HTTP/1 parser reads good requests, however they are cut") {
  const struct {
    std::string bytes;
    std::string requests;
  } cases[] = {
      {Get(""), "GET / |"},
      {"\r\n" + Get(""), "GET / |"},
      {"GET /a?b=c%20d HTTP/1.0\r\n\r\n", "GET /a?b=c%20d |"},
      {Get("X: \t spaced \t\r\nEmpty:\r\n"), "GET / |"},
      {Post("Content-Length: 5\r\n", "hello"), "POST /x hello|"},
      {Post("Content-Length: 0\r\n", ""), "POST /x |"},
      {Post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n"), "POST /x hello world|"},
      {Post("transfer-encoding: Chunked\r\n", "00A\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n"), "POST /x 0123456789|"},
      {Get("") + Post("Content-Length: 2\r\n", "ab") + Get(""), "GET / |POST /x ab|GET / |"},
      {Get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"), "GET / |"},
  };
  for (const auto& c : cases) {
    INFO(c.bytes);
    const Outcome outcome = RunAll(c.bytes);
    CHECK(outcome.requests == c.requests);
    CHECK(outcome.error.empty());
  }
}

TEST_CASE("an HTTP/1 parser refuses what could be read in two ways") {
  const struct {
    std::string bytes;
    int status;
    std::string error;
  } cases[] = {
      {"GET / HTTP/1.1\nHost: a\n\n", 400, "line without CR"},
      {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400, "line without CR"},
      {"GET /\r\n\r\n", 400, "malformed request line"},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed request target"},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed method"},
      {"GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed request target"},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400, "malformed protocol version"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "unsupported protocol version"},
      {"GET / HTTP/1.1\r\n\r\n", 400, "missing Host header"},
      {Get("Host: b\r\n"), 400, "more than one Host header"},
      {Get("X: a\r\n folded\r\n"), 400, "folded header line"},
      {Get("X : a\r\n"), 400, "malformed header name"},
      {Get(": a\r\n"), 400, "malformed header name"},
      {Get("no colon\r\n"), 400, "malformed header name"},
      {Get(std::string("X: a\0b\r\n", 8)), 400, "malformed header value"},
      {Get("X: a\rb\r\n"), 400, "malformed header value"},
      {Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400, "both Content-Length and Transfer-Encoding"},
      {Post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400, "more than one Content-Length header"},
      {Post("Content-Length: +3\r\n", "abc"), 400, "malformed Content-Length"},
      {Post("Content-Length: 3, 3\r\n", "abc"), 400, "malformed Content-Length"},
      {Post("Content-Length: 0x3\r\n", "abc"), 400, "malformed Content-Length"},
      {Post("Content-Length:\r\n", "abc"), 400, "malformed Content-Length"},
      {Post("Content-Length: 99999999999999999999999\r\n", ""), 413, "request body is too large"},
      {Post("Transfer-Encoding: gzip, chunked\r\n", ""), 501, "unsupported transfer coding"},
      {Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""), 400, "more than one Transfer-Encoding header"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "Transfer-Encoding in HTTP/1.0"},
      {Post("Transfer-Encoding: chunked\r\n", "x\r\n"), 400, "malformed chunk size"},
      {Post("Transfer-Encoding: chunked\r\n", "-1\r\n"), 400, "malformed chunk size"},
      {Post("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n"), 400, "malformed chunk size"},
      {Post("Transfer-Encoding: chunked\r\n", "5 \r\nhello\r\n"), 400, "malformed chunk size"},
      {Post("Transfer-Encoding: chunked\r\n", "\r\n"), 400, "malformed chunk size"},
      {Post("Transfer-Encoding: chunked\r\n", "5\nhello\r\n"), 400, "line without CR"},
      {Post("Transfer-Encoding: chunked\r\n", "3\r\nhello\r\n"), 400, "line of a chunk is too long"},
      {Post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"), 413, "request body is too large: the limit is 33554432 bytes"},
      {Post("Transfer-Encoding: chunked\r\n", "0\r\nbad trailer\r\n\r\n"), 400, "malformed trailer"},
      {Get("Expect: a-miracle\r\n"), 417, "unknown expectation"},
  };
  for (const auto& c : cases) {
    INFO(c.bytes);
    const Outcome outcome = RunAll(c.bytes);
    CHECK(outcome.status == c.status);
    CHECK(outcome.error == c.error);
  }
}

TEST_CASE("an HTTP/1 parser notices every limit as it is passed") {
  Http1Parser::Limits limits;
  limits.target_bytes_max = 50;
  limits.head_bytes_max = 200;
  limits.header_count_max = 3;
  limits.body_bytes_max = 10;
  CHECK(RunAll("GET /" + std::string(100, 'a'), limits).status == 414);
  CHECK(RunAll("GET /" + std::string(55, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", limits).status == 414);
  CHECK(RunAll(Get("X: " + std::string(300, 'a')), limits).status == 431);
  CHECK(RunAll(Get("A: 1\r\nB: 2\r\nC: 3\r\n"), limits).error == "too many header lines");
  CHECK(RunAll(Post("Content-Length: 11\r\n", ""), limits).status == 413);
  CHECK(RunAll(Post("Transfer-Encoding: chunked\r\n", "6\r\n123456\r\n5\r\n"), limits).status == 413);
  CHECK(RunAll(Post("Transfer-Encoding: chunked\r\n", "0\r\nA: " + std::string(300, 'b')), limits).status == 400);
  CHECK(RunAll(Post("Content-Length: 10\r\n", "0123456789"), limits).status == 0);
}

TEST_CASE("an HTTP/1 parser judges a line at the limit alike wherever the input is cut") {
  Http1Parser::Limits limits;
  limits.target_bytes_max = 64;
  limits.head_bytes_max = 256;
  // The longest line the limit leaves room for, one byte less, and one more; ended well and badly.
  const size_t line_bytes_max = limits.target_bytes_max + 48;
  for (const size_t length : {line_bytes_max - 1, line_bytes_max, line_bytes_max + 1}) {
    const std::string line(length, 'Z');
    const int malformed_or_long = length > line_bytes_max ? 414 : 400;
    CHECK(RunAll(line + "\r\n\r\n", limits).status == malformed_or_long);
    CHECK(RunAll(line + "\r\n\n", limits).status == malformed_or_long);
    // At the limit only a CR could still end the line.
    CHECK(RunAll(line + "\n", limits).status == (length >= line_bytes_max ? 414 : 400));
  }
}

TEST_CASE("an HTTP/1 parser knows when the connection goes on and when a client waits for 100 Continue") {
  const auto head = [](const std::string& bytes) {
    Http1Parser parser({});
    std::string_view input = bytes;
    REQUIRE(parser.Parse(&input) == Event::kHead);
    return parser.head();
  };
  CHECK(head(Get("")).keep_alive);
  CHECK_FALSE(head(Get("Connection: foo, Close\r\n")).keep_alive);
  CHECK_FALSE(head("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(head("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
  CHECK(head(Post("Expect: 100-continue\r\nContent-Length: 1\r\n", "")).expects_continue);
  CHECK_FALSE(head(Get("")).expects_continue);
}

}  // namespace epi::http
