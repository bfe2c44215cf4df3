// Feeds any bytes to the HTTP/1 parser, whole and byte by byte: both must see the same requests and the same error.
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/http/http1_parser.h"

namespace {

using epi::http::Http1Parser;

std::string Run(std::string_view bytes, size_t piece) {
  Http1Parser::Limits limits;
  limits.target_bytes_max = 64;
  limits.head_bytes_max = 256;
  limits.header_count_max = 8;
  limits.body_bytes_max = 1024;
  Http1Parser parser(limits);
  std::string seen;
  while (!bytes.empty()) {
    std::string_view input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    for (auto event = parser.Parse(&input); event != Http1Parser::Event::kMore; event = parser.Parse(&input)) {
      if (event == Http1Parser::Event::kHead) seen += parser.head().method + " " + parser.head().target + "\n";
      if (event == Http1Parser::Event::kBody) seen += parser.body();
      if (event == Http1Parser::Event::kDone) seen += "|";
      if (event == Http1Parser::Event::kError) return seen + parser.error_text();
    }
    CHECK(input.empty());
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CHECK(Run(bytes, size) == Run(bytes, 1));
  return 0;
}
