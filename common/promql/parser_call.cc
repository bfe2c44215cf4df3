// Function calls and aggregations.
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/promql/parser.h"

namespace epi::promql {

using enum TokenType;

Node Parser::ParseCall(const Token& name) {
  auto call = std::make_unique<Call>();
  call->function = FindFunction(name.text);
  int height = 0;
  if (!ParseArguments(&call->args, &height)) return {};
  if (call->function == nullptr) {
    AddError(name.position(), StrCat("unknown function with name ", GoQuote(name.text)));
  } else if (call->function->experimental && !features_.experimental_functions) {
    AddError(name.position(), StrCat("function ", GoQuote(name.text), " is not enabled"));
  }
  call->position = {name.start, taken_end_};
  return Checked({std::move(call), height + 1});
}

// '(' [ expr { ',' expr } ] ')'
bool Parser::ParseArguments(std::vector<ExprPtr>* args, int* height) {
  if (!Expect(kLeftParen)) return false;
  if (TakeIf(kRightParen)) return true;
  bool expect_expr = true;
  while (true) {
    if (expect_expr) {
      Node arg = ParseBinary(0);
      if (!arg) return false;
      *height = std::max(*height, arg.height);
      args->push_back(std::move(arg.expr));
    }
    if (!At(kComma)) return Expect(kRightParen);
    const Token comma = Take();
    expect_expr = StartsExpr(Peek().type);
    if (!expect_expr) {
      if (At(kError)) return false;
      AddError(comma.position(), "trailing commas not allowed in function call args");
    }
  }
}

Node Parser::ParseAggregate(const Token& op) {
  auto aggregate = std::make_unique<AggregateExpr>();
  aggregate->op = ToAggregateOp(op.type);
  std::vector<ExprPtr> args;
  int height = 0;
  const bool modifier_first = !At(kLeftParen);
  {
    const PlaceScope place(this, {"aggregation", ""});
    if (modifier_first && !ParseAggregateModifier(aggregate.get())) return {};
    if (!ParseArguments(&args, &height)) return {};
  }
  if (!modifier_first && (At(kBy) || At(kWithout)) && !ParseAggregateModifier(aggregate.get())) return {};
  aggregate->position = {op.start, taken_end_};
  SetAggregateArguments(std::move(args), aggregate.get());
  return Checked({std::move(aggregate), height + 1});
}

bool Parser::ParseAggregateModifier(AggregateExpr* aggregate) {
  aggregate->without = Take().type == kWithout;
  return ParseGrouping(&aggregate->grouping);
}

void Parser::SetAggregateArguments(std::vector<ExprPtr> args, AggregateExpr* aggregate) {
  const PositionRange position = aggregate->position;
  if (args.empty()) return AddError(position, "no arguments for aggregate expression provided");
  if (IsExperimental(aggregate->op) && !features_.experimental_functions) {
    return AddError(position, StrCat(OpText(aggregate->op), "() is experimental and must be enabled with "
                                                            "--enable-feature=promql-experimental-functions"));
  }
  const size_t wanted = HasParam(aggregate->op) ? 2 : 1;
  if (args.size() != wanted) {
    return AddError(position, StrCat("wrong number of arguments for aggregate expression provided, expected ", wanted, ", got ",
                                     args.size()));
  }
  aggregate->expr = std::move(args.back());
  if (wanted == 2) aggregate->param = std::move(args.front());
}

}  // namespace epi::promql
