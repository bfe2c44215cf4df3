#include "common/tsdb/matcher_postings.h"

#include <optional>
#include <utility>
#include <vector>

namespace epi::tsdb {
namespace {

using labels::Matcher;
using labels::MatchType;

constexpr uint32_t kValuesPerCheck = 4096;

class ListCollector {
 public:
  ListCollector(const Context& ctx, const IndexReader& index) : ctx_(ctx), index_(index), charge_(ctx.memory()) {}

  // Appends the list of every value that the matcher accepts (wanted) or refuses (not wanted).
  Status Collect(const Matcher& matcher, bool wanted, std::vector<PostingsList>* lists) {
    const bool is_regex = matcher.type() == MatchType::kRegex || matcher.type() == MatchType::kNotRegex;
    const bool is_negative = matcher.type() == MatchType::kNotEqual || matcher.type() == MatchType::kNotRegex;
    // Are the wanted values those that the text itself describes, or all others?
    const bool described = wanted != is_negative;
    if (described && !is_regex) return AddValue(matcher.name(), matcher.value(), lists);
    if (described && !matcher.set_matches().empty()) {
      for (const std::string& value : matcher.set_matches()) RETURN_IF_ERROR(AddValue(matcher.name(), value, lists));
      return OkStatus();
    }
    const std::string_view prefix = described ? matcher.regex_prefix() : std::string_view();
    return Scan(matcher, wanted, prefix, lists);
  }

  MemoryCharge TakeCharge() { return std::move(charge_); }

 private:
  Status AddValue(std::string_view name, std::string_view value, std::vector<PostingsList>* lists) {
    const PostingsList list = TRY(index_.Postings(name, value));
    return list.empty() ? OkStatus() : Add(list, lists);
  }

  Status Add(PostingsList list, std::vector<PostingsList>* lists) {
    // Once here and once in the union, with its position.
    RETURN_IF_ERROR(charge_.Add(2 * sizeof(PostingsList) + sizeof(size_t), "postings"));
    lists->push_back(list);
    return OkStatus();
  }

  Status Scan(const Matcher& matcher, bool wanted, std::string_view prefix, std::vector<PostingsList>* lists) {
    PostingsTable::ValueCursor values = index_.postings_table().Values(matcher.name(), prefix);
    for (uint32_t seen = 0; values.Next(); ++seen) {
      if (seen % kValuesPerCheck == 0) RETURN_IF_ERROR(ctx_.Check());
      if (!values.value().starts_with(prefix)) break;
      if (matcher.Matches(values.value()) != wanted) continue;
      RETURN_IF_ERROR(Add(TRY(index_.PostingsAt(values.list_offset())), lists));
    }
    return OkStatus();
  }

  const Context& ctx_;
  const IndexReader& index_;
  MemoryCharge charge_;
};

// .* with or without the label: true when it says nothing, false when nothing can match, nothing when it is another matcher.
std::optional<bool> AnythingMatcher(const Matcher& matcher) {
  if (matcher.value() != ".*") return std::nullopt;
  if (matcher.type() == MatchType::kRegex) return true;
  if (matcher.type() == MatchType::kNotRegex) return false;
  return std::nullopt;
}

}  // namespace

Result<MatchedPostings> MatchPostings(const Context& ctx, const IndexReader& index, std::span<const Matcher> matchers) {
  ListCollector collector(ctx, index);
  std::vector<std::unique_ptr<Postings>> required;
  std::vector<PostingsList> refused;
  for (const Matcher& matcher : matchers) {
    if (const std::optional<bool> anything = AnythingMatcher(matcher)) {
      if (*anything) continue;
      return MatchedPostings{EmptyPostings(), {}};
    }
    if (matcher.MatchesEmpty()) {
      RETURN_IF_ERROR(collector.Collect(matcher, false, &refused));
      continue;
    }
    std::vector<PostingsList> lists;
    RETURN_IF_ERROR(collector.Collect(matcher, true, &lists));
    if (lists.empty()) return MatchedPostings{EmptyPostings(), {}};
    required.push_back(UnionPostings(std::move(lists)));
  }
  if (required.empty()) required.push_back(ListPostings(TRY(index.AllPostings())));
  std::unique_ptr<Postings> ids = IntersectPostings(std::move(required));
  if (!refused.empty()) ids = SubtractPostings(std::move(ids), UnionPostings(std::move(refused)));
  return MatchedPostings{std::move(ids), collector.TakeCharge()};
}

}  // namespace epi::tsdb
