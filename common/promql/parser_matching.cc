// What may stand between a binary operator and its right side, and lists of labels.
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/labels/name.h"
#include "common/promql/parser.h"

namespace epi::promql {

using enum TokenType;

// [bool] [ (on|ignoring) '(' labels ')' [ (group_left|group_right) [ '(' labels ')' ] ] ] [ fill… ]
bool Parser::ParseBinaryModifiers(BinaryModifiers* modifiers) {
  VectorMatching& matching = modifiers->matching;
  modifiers->return_bool = TakeIf(kBool);
  if (At(kOn) || At(kIgnoring)) {
    matching.on = Take().type == kOn;
    if (!ParseGrouping(&matching.labels)) return false;
    if (At(kGroupLeft) || At(kGroupRight)) {
      matching.card = Take().type == kGroupLeft ? MatchCardinality::kManyToOne : MatchCardinality::kOneToMany;
      // Without a list the right side follows at once; what is neither is missing a list.
      const bool has_list = At(kLeftParen) || !StartsExpr(Peek().type);
      if (has_list && !ParseGrouping(&matching.include)) return false;
    }
  }
  return ParseFill(&matching);
}

bool Parser::ParseFill(VectorMatching* matching) {
  if (TakeIf(kFill)) {
    if (!ParseFillValue(&matching->fill_left)) return false;
    matching->fill_right = matching->fill_left;
    return true;
  }
  if (TakeIf(kFillLeft)) {
    return ParseFillValue(&matching->fill_left) && (!TakeIf(kFillRight) || ParseFillValue(&matching->fill_right));
  }
  if (TakeIf(kFillRight)) {
    return ParseFillValue(&matching->fill_right) && (!TakeIf(kFillLeft) || ParseFillValue(&matching->fill_left));
  }
  return true;
}

bool Parser::ParseFillValue(std::optional<double>* value) {
  if (!Expect(kLeftParen)) return false;
  const bool negative = At(kSub);
  if (negative || At(kAdd)) Take();
  if (!At(kNumber) && !At(kDuration)) {
    Unexpected();
    return false;
  }
  const Node literal = ParseNumber();
  const double magnitude = As<NumberLiteral>(literal.expr.get())->value;
  *value = negative ? -magnitude : magnitude;
  return Expect(kRightParen);
}

// '(' [ label { ',' label } [ ',' ] ] ')'
bool Parser::ParseGrouping(std::vector<std::string>* labels) {
  PlaceScope place(this, {"grouping opts", "\"(\""});
  if (!Expect(kLeftParen)) return false;
  while (true) {
    if (TakeIf(kRightParen)) return true;
    place.MoveTo({"grouping opts", "label"});
    if (!ParseGroupingLabel(labels)) return false;
    place.MoveTo({"grouping opts", "\",\" or \")\""});
    if (!TakeIf(kComma)) return Expect(kRightParen);
  }
}

bool Parser::ParseGroupingLabel(std::vector<std::string>* labels) {
  if (IsGroupingLabel(Peek().type)) {
    labels->emplace_back(Take().text);
    return true;
  }
  if (!At(kString)) {
    Unexpected();
    return false;
  }
  const Token token = Take();
  labels->push_back(Unquote(token));
  if (!labels::IsValidName(labels->back())) {
    AddError(token.position(), StrCat("invalid label name for grouping: ", GoQuote(labels->back())));
  }
  return true;
}

}  // namespace epi::promql
