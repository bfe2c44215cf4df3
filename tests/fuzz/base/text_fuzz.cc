// ULIDs, quoted strings and UTF-8: what parses prints back, what is quoted unquotes.
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/base/go_quote.h"
#include "common/base/json_writer.h"
#include "common/base/ulid.h"
#include "common/base/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT
  const Result<std::string> back = GoUnquote(GoQuote(text));
  CHECK(back.ok() && *back == text);
  (void)GoUnquote(text).ok();
  if (const Result<Ulid> ulid = Ulid::Parse(text); ulid.ok()) CHECK(*Ulid::Parse(ulid->ToString()) == *ulid);
  CHECK(IsValidUtf8(ToValidUtf8(text)));
  CHECK(!IsValidUtf8(text) || ToValidUtf8(text) == text);
  CHECK(IsValidUtf8(JsonQuote(text)));
  return 0;
}
