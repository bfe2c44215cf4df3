// Selectors and label sets: metric{a="b"}.
#include "common/base/str_cat.h"
#include "common/promql/parser.h"

namespace epi::promql {
namespace {

using enum TokenType;

bool IsMatchOp(TokenType type) {
  return type == kEqual || type == kNotEqual || type == kRegexEqual || type == kRegexNotEqual;
}

labels::MatchType ToMatchType(TokenType type) {
  switch (type) {
    case kNotEqual:
      return labels::MatchType::kNotEqual;
    case kRegexEqual:
      return labels::MatchType::kRegex;
    case kRegexNotEqual:
      return labels::MatchType::kNotRegex;
    default:
      return labels::MatchType::kEqual;
  }
}

}  // namespace

std::unique_ptr<VectorSelector> Parser::ParseSelector() {
  auto selector = std::make_unique<VectorSelector>();
  selector->position.start = Peek().start;
  if (IsMetricName(Peek().type)) {
    selector->name = Take().text;
  } else if (!At(kLeftBrace)) {
    return Unexpected();
  }
  if (At(kLeftBrace) && !ParseMatchers(selector.get())) return nullptr;
  selector->position.end = taken_end_;
  if (!selector->name.empty()) {
    selector->matchers.push_back(labels::Matcher::Equal(std::string(labels::kMetricName), selector->name));
  }
  return selector;
}

// '{' [ matcher { ',' matcher } [ ',' ] ] '}'
bool Parser::ParseMatchers(VectorSelector* selector) {
  Take();
  PlaceScope place(this, {});
  while (true) {
    if (TakeIf(kRightBrace)) return true;
    place.MoveTo({"label matching", "identifier or \"}\""});
    if (!ParseMatcher(&selector->matchers)) return false;
    place.MoveTo({"label matching", "\",\" or \"}\""});
    if (!TakeIf(kComma)) return Expect(kRightBrace);
  }
}

bool Parser::ParseMatcher(labels::Matchers* matchers) {
  if (!At(kIdentifier) && !At(kString)) {
    Unexpected();
    return false;
  }
  const Token name = Take();
  if (!IsMatchOp(Peek().type)) {
    if (name.type == kString) {
      matchers->push_back(labels::Matcher::Equal(std::string(labels::kMetricName), Unquote(name)));
      return true;
    }
    Unexpected({"label matching", "label matching operator"});
    return false;
  }
  const Token op = Take();
  if (!At(kString)) {
    Unexpected({"label matching", "string"});
    return false;
  }
  AddMatcher(name, op, Take(), matchers);
  return true;
}

void Parser::AddMatcher(const Token& name, const Token& op, const Token& value, labels::Matchers* matchers) {
  std::string label = name.type == kString ? Unquote(name) : std::string(name.text);
  Result<labels::Matcher> matcher = labels::Matcher::Make(ToMatchType(op.type), std::move(label), Unquote(value));
  if (matcher.ok()) return matchers->push_back(*std::move(matcher));
  AddError({name.start, value.position().end}, std::string(matcher.status().message()));
}

// [ '{' [ pair { ',' pair } [ ',' ] ] '}' ]
bool Parser::ParseLabelSet(std::vector<std::pair<std::string, std::string>>* labels) {
  if (!TakeIf(kLeftBrace)) return true;
  PlaceScope place(this, {});
  while (true) {
    if (TakeIf(kRightBrace)) return true;
    place.MoveTo({"label set", "identifier or \"}\""});
    if (!ParseLabelPair(labels)) return false;
    place.MoveTo({"label set", "\",\" or \"}\""});
    if (!TakeIf(kComma)) return Expect(kRightBrace);
  }
}

bool Parser::ParseLabelPair(std::vector<std::pair<std::string, std::string>>* labels) {
  if (!At(kIdentifier) && !At(kString)) {
    Unexpected();
    return false;
  }
  const Token name = Take();
  if (!TakeIf(kEqual)) {
    if (name.type == kString) {
      labels->emplace_back(labels::kMetricName, Unquote(name));
      return true;
    }
    Unexpected({"label set", "\"=\""});
    return false;
  }
  if (!At(kString)) {
    Unexpected({"label set", "string"});
    return false;
  }
  std::string label = name.type == kString ? Unquote(name) : std::string(name.text);
  labels->emplace_back(std::move(label), Unquote(Take()));
  return true;
}

}  // namespace epi::promql
