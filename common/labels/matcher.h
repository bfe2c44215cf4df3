// Matcher: one condition on one label, as in {job=~"api|web"}.
//
// Contract: a missing label has the value "". Regular expressions are RE2, anchored as ^(?s:…)$, UTF-8; literals,
//           alternations of literals, prefixes, suffixes, .* and .+ never reach RE2.
// Threads:  immutable; copies share the compiled form.
// Errors:   Make() returns InvalidArgument with the regex and RE2's reason.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"

namespace epi::labels {

enum class MatchType : uint8_t { kEqual, kNotEqual, kRegex, kNotRegex };

// "=", "!=", "=~", "!~".
std::string_view MatchTypeText(MatchType type);

class Matcher {
 public:
  static Result<Matcher> Make(MatchType type, std::string name, std::string value);
  // Equality cannot fail.
  static Matcher Equal(std::string name, std::string value);
  static Matcher NotEqual(std::string name, std::string value);

  MatchType type() const { return type_; }
  const std::string& name() const { return name_; }
  const std::string& value() const { return value_; }

  bool Matches(std::string_view label_value) const;
  bool MatchesEmpty() const { return Matches(std::string_view()); }
  // For a regex that is nothing but an alternation of literals: those, sorted; empty otherwise. For postings lookups.
  std::span<const std::string> set_matches() const;
  // For a regex: a literal every match starts with; may be empty.
  std::string_view regex_prefix() const;
  // name=~"value", Go-quoted.
  std::string ToString() const;

  friend bool operator==(const Matcher& a, const Matcher& b) {
    return a.type_ == b.type_ && a.name_ == b.name_ && a.value_ == b.value_;
  }

 private:
  class Regex;
  Matcher(MatchType type, std::string name, std::string value) : type_(type), name_(std::move(name)), value_(std::move(value)) {}
  MatchType type_;
  std::string name_;
  std::string value_;
  std::shared_ptr<const Regex> regex_;
};

using Matchers = std::vector<Matcher>;

// True when every matcher accepts its label.
bool MatchesAll(std::span<const Matcher> matchers, const Labels& labels);

}  // namespace epi::labels
