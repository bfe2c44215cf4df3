#include "agent/sidecar/external_matchers.h"

#include "common/base/check.h"

namespace epi::agent {

std::optional<labels::Matchers> WithoutExternal(std::span<const labels::Matcher> matchers, const labels::Labels& external) {
  labels::Matchers left;
  bool selective = false;
  for (const labels::Matcher& matcher : matchers) {
    const std::string_view value = external.Get(matcher.name());
    if (value.empty()) {
      selective |= !matcher.MatchesEmpty();
      left.push_back(matcher);
    } else if (!matcher.Matches(value)) {
      return std::nullopt;
    }
  }
  // Prometheus refuses selectors that could match everything; this one says that everything is meant.
  if (!selective) {
    auto all = labels::Matcher::Make(labels::MatchType::kRegex, std::string(labels::kMetricName), ".+");
    CHECK(all.ok());
    left.push_back(*std::move(all));
  }
  return left;
}

}  // namespace epi::agent
