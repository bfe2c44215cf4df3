// Any text that parses as a form must survive being encoded and parsed again.
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/http/form.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto form = epi::http::Form::Parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!form.ok()) return 0;
  const auto again = epi::http::Form::Parse(form.value().Encode());
  CHECK(again.ok());
  CHECK(again.value().fields() == form.value().fields());
  return 0;
}
