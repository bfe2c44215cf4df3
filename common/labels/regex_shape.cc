#include "common/labels/regex_shape.h"

#include <algorithm>

#include "common/labels/regex_shape_parser.h"

namespace epi::labels {
namespace {

constexpr size_t kLinearSearchMax = 8;

std::string_view SharedPrefix(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  size_t shared = 0;
  while (shared < size && a[shared] == b[shared]) ++shared;
  return a.substr(0, shared);
}

}  // namespace

bool RegexShape::Glob::Matches(std::string_view value) const {
  if (!value.starts_with(head)) return false;
  size_t position = head.size();
  for (size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    if (value.size() - position < part.gap_bytes_min) return false;
    position += part.gap_bytes_min;
    if (i + 1 == parts.size()) {
      return value.size() - position >= part.literal.size() && value.ends_with(part.literal);
    }
    // The leftmost place leaves most room for the parts that follow.
    const size_t found = value.find(part.literal, position);
    if (found == std::string_view::npos) return false;
    position = found + part.literal.size();
  }
  return position == value.size();
}

std::optional<RegexShape> RegexShape::Analyze(std::string_view pattern) {
  std::optional<std::vector<Glob>> globs = internal::ParseRegexShape(pattern);
  if (!globs.has_value()) return std::nullopt;
  RegexShape shape;
  for (Glob& glob : *globs) {
    if (glob.parts.empty()) {
      shape.literals_.push_back(std::move(glob.head));
    } else {
      shape.globs_.push_back(std::move(glob));
    }
  }
  std::sort(shape.literals_.begin(), shape.literals_.end());
  shape.literals_.erase(std::unique(shape.literals_.begin(), shape.literals_.end()), shape.literals_.end());
  if (shape.literals_.size() > kLinearSearchMax) {
    shape.literal_set_.insert(shape.literals_.begin(), shape.literals_.end());
  }
  return shape;
}

bool RegexShape::HasLiteral(std::string_view value) const {
  if (!literal_set_.empty()) return literal_set_.contains(value);
  return std::find(literals_.begin(), literals_.end(), value) != literals_.end();
}

bool RegexShape::Matches(std::string_view value) const {
  if (HasLiteral(value)) return true;
  return std::any_of(globs_.begin(), globs_.end(), [value](const Glob& glob) { return glob.Matches(value); });
}

std::string RegexShape::CommonPrefix() const {
  std::optional<std::string_view> prefix;
  const auto narrow = [&prefix](std::string_view text) { prefix = prefix.has_value() ? SharedPrefix(*prefix, text) : text; };
  // Ordered: what the first and the last share, all share.
  if (!literals_.empty()) {
    narrow(literals_.front());
    narrow(literals_.back());
  }
  for (const Glob& glob : globs_) narrow(glob.head);
  return std::string(prefix.value_or(std::string_view()));
}

}  // namespace epi::labels
