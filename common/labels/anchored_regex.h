// AnchoredRegex: a regular expression in Go's syntax that must match the whole text, ^(?s:…)$, with its groups.
//
// Contract: syntax and meaning are Go's regexp as Prometheus uses it: UTF-8, dot matches newline, (?<name>…) is
//           (?P<name>…), an ill-formed byte of the text counts as U+FFFD.
// Threads:  immutable.
// Errors:   Make() returns InvalidArgument with the reason.
// Limits:   kProgramBytesMax for the compiled form and its automaton.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::labels {

class AnchoredRegex {
 public:
  static constexpr size_t kProgramBytesMax = 64U << 20;

  static Result<AnchoredRegex> Make(std::string_view pattern);
  AnchoredRegex(AnchoredRegex&&) noexcept;
  AnchoredRegex& operator=(AnchoredRegex&&) noexcept;
  ~AnchoredRegex();

  bool Matches(std::string_view text) const;
  // Appends `replacement` with $1, ${1}, $name and ${name} replaced by the groups of a match ($$ is a dollar sign; a group
  // that does not exist or took no part is empty). False, and nothing appended, when `text` does not match.
  bool Expand(std::string_view text, std::string_view replacement, std::string* out) const;

  // The same expression without its anchors: whether it is anywhere in the text, and Go's ReplaceAllString().
  bool FoundIn(std::string_view text) const;
  std::string ReplaceAll(std::string_view text, std::string_view replacement) const;

 private:
  struct Compiled;
  explicit AnchoredRegex(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace epi::labels
