#include "common/labels/matcher.h"

#include <algorithm>
#include <optional>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/labels/anchored_regex.h"
#include "common/labels/name.h"
#include "common/labels/regex_shape.h"
#include "common/labels/regex_syntax.h"

namespace epi::labels {

std::string_view MatchTypeText(MatchType type) {
  switch (type) {
    case MatchType::kEqual: return "=";
    case MatchType::kNotEqual: return "!=";
    case MatchType::kRegex: return "=~";
    case MatchType::kNotRegex: return "!~";
  }
  return "?";
}

// A shape when the pattern has one, else RE2.
class Matcher::Regex {
 public:
  static Result<std::shared_ptr<const Regex>> Make(std::string_view pattern) {
    auto regex = std::make_shared<Regex>();
    regex->shape_ = RegexShape::Analyze(pattern);
    if (regex->shape_.has_value()) {
      regex->prefix_ = regex->shape_->CommonPrefix();
    } else {
      regex->automaton_ = TRY(AnchoredRegex::Make(pattern));
      regex->prefix_ = LiteralPrefix(pattern);
    }
    return std::shared_ptr<const Regex>(std::move(regex));
  }

  bool Matches(std::string_view value) const {
    if (shape_.has_value()) return shape_->Matches(value);
    return value.starts_with(prefix_) && automaton_->Matches(value);
  }
  std::span<const std::string> set_matches() const {
    if (!shape_.has_value() || !shape_->globs().empty()) return {};
    return shape_->literals();
  }
  std::string_view prefix() const { return prefix_; }

 private:
  std::optional<RegexShape> shape_;
  std::optional<AnchoredRegex> automaton_;
  std::string prefix_;
};

Result<Matcher> Matcher::Make(MatchType type, std::string name, std::string value) {
  Matcher matcher(type, std::move(name), std::move(value));
  if (type == MatchType::kRegex || type == MatchType::kNotRegex) matcher.regex_ = TRY(Regex::Make(matcher.value_));
  return matcher;
}

Matcher Matcher::Equal(std::string name, std::string value) {
  return {MatchType::kEqual, std::move(name), std::move(value)};
}

Matcher Matcher::NotEqual(std::string name, std::string value) {
  return {MatchType::kNotEqual, std::move(name), std::move(value)};
}

bool Matcher::Matches(std::string_view label_value) const {
  switch (type_) {
    case MatchType::kEqual: return label_value == value_;
    case MatchType::kNotEqual: return label_value != value_;
    case MatchType::kRegex: return regex_->Matches(label_value);
    case MatchType::kNotRegex: return !regex_->Matches(label_value);
  }
  return false;
}

std::span<const std::string> Matcher::set_matches() const {
  return regex_ == nullptr ? std::span<const std::string>() : regex_->set_matches();
}

std::string_view Matcher::regex_prefix() const { return regex_ == nullptr ? std::string_view() : regex_->prefix(); }

std::string Matcher::ToString() const {
  return StrCat(IsLegacyLabelName(name_) ? name_ : GoQuote(name_), MatchTypeText(type_), GoQuote(value_));
}

bool MatchesAll(std::span<const Matcher> matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&labels](const Matcher& matcher) { return matcher.Matches(labels.Get(matcher.name())); });
}

}  // namespace epi::labels
