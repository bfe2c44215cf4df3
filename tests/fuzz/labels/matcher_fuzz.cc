// A pattern and a value: the shape and the automaton agree, and the prefix and the set say the truth.
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/base/utf8.h"
#include "common/labels/anchored_regex.h"
#include "common/labels/matcher.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi;          // NOLINT
  using namespace epi::labels;  // NOLINT
  const std::string_view input(reinterpret_cast<const char*>(data), size);  // NOLINT
  const size_t split = input.find('\n');
  if (split == std::string_view::npos || split > 256) return 0;
  const std::string pattern(input.substr(0, split));
  const std::string_view value = input.substr(split + 1);
  const Result<Matcher> matcher = Matcher::Make(MatchType::kRegex, "a", pattern);
  const Result<AnchoredRegex> regex = AnchoredRegex::Make(pattern);
  if (!regex.ok()) {
    CHECK(!matcher.ok());
    return 0;
  }
  if (!matcher.ok()) return 0;
  const bool matches = matcher->Matches(value);
  // Shapes compare bytes, as Prometheus does; the automaton reads ill-formed bytes as U+FFFD.
  if (IsValidUtf8(value)) CHECK(matches == regex->Matches(value));
  if (matches) CHECK(value.starts_with(matcher->regex_prefix()));
  for (const std::string& literal : matcher->set_matches()) CHECK(regex->Matches(literal));
  std::string expanded;
  CHECK(regex->Expand(value, value, &expanded) == regex->Matches(value));
  return 0;
}
