// RegexShape: what a regular expression comes down to when it is only literals, alternatives, .* and .+.
//
// Most matchers in dashboards are such expressions, and comparing strings is 10 to 100 times faster than any automaton.
// The analysis expands groups and small classes, so that (a|b)-[01].* is four sequences:
//
//   a-0.*   a-1.*   b-0.*   b-1.*
//
// Contract: Analyze() answers only for patterns it understands completely; for all others it says nothing, and RE2
//           decides. It never accepts a pattern that RE2 refuses.
// Threads:  immutable.
// Limits:   kProductMax sequences out of groups and classes; alternatives at the top are only bounded by the pattern.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace epi::labels {

class RegexShape {
 public:
  static constexpr size_t kProductMax = 1024;

  // Text with gaps: `head`, then for each part at least `gap_bytes_min` bytes of anything and the part's literal; the last
  // literal ends the value.
  struct Glob {
    struct Part {
      size_t gap_bytes_min = 0;
      std::string literal;
      friend bool operator==(const Part&, const Part&) = default;
    };
    std::string head;
    std::vector<Part> parts;
    bool Matches(std::string_view value) const;
    friend bool operator==(const Glob&, const Glob&) = default;
  };

  static std::optional<RegexShape> Analyze(std::string_view pattern);

  bool Matches(std::string_view value) const;
  // Ordered, unique.
  const std::vector<std::string>& literals() const { return literals_; }
  const std::vector<Glob>& globs() const { return globs_; }
  // Longest text that every match starts with.
  std::string CommonPrefix() const;

 private:
  bool HasLiteral(std::string_view value) const;

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::vector<std::string> literals_;
  // The same strings when they are too many to look through.
  std::unordered_set<std::string, Hash, std::equal_to<>> literal_set_;
  std::vector<Glob> globs_;
};

}  // namespace epi::labels
