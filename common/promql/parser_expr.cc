// Operators and the simple operands.
#include "common/base/str_cat.h"
#include "common/promql/literal.h"
#include "common/promql/parser.h"

namespace epi::promql {
namespace {

using enum TokenType;

constexpr int kPowPrecedence = 6;

int Precedence(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr:
      return 1;
    case BinaryOp::kAnd:
    case BinaryOp::kUnless:
      return 2;
    case BinaryOp::kAdd:
    case BinaryOp::kSub:
      return 4;
    case BinaryOp::kMul:
    case BinaryOp::kDiv:
    case BinaryOp::kMod:
    case BinaryOp::kAtan2:
      return 5;
    case BinaryOp::kPow:
      return kPowPrecedence;
    default:
      return 3;
  }
}

// The words that are functions when a parenthesis follows.
bool IsFunctionName(TokenType type) {
  return type == kIdentifier || type == kStart || type == kEnd || type == kStep || type == kRange || type == kMinOf ||
         type == kMaxOf;
}

}  // namespace

Node Parser::ParseBinary(int precedence_min) {
  const NestingScope nesting(this);
  if (!nesting.ok()) return {};
  Node lhs = ParseUnary();
  while (lhs) {
    const auto op = ToBinaryOp(Peek().type);
    if (!op.has_value() || Precedence(*op) < precedence_min) return lhs;
    const Token op_token = Take();
    BinaryModifiers modifiers;
    if (!ParseBinaryModifiers(&modifiers)) return {};
    Node rhs = ParseBinary(*op == BinaryOp::kPow ? kPowPrecedence : Precedence(*op) + 1);
    if (!rhs) return {};
    lhs = MakeBinary(op_token, std::move(lhs), std::move(modifiers), std::move(rhs));
  }
  return {};
}

Node Parser::MakeBinary(const Token& op, Node lhs, BinaryModifiers modifiers, Node rhs) {
  auto binary = std::make_unique<BinaryExpr>();
  binary->op = *ToBinaryOp(op.type);
  binary->position = {lhs.expr->position.start, rhs.expr->position.end};
  const bool fills = modifiers.matching.fill_left.has_value() || modifiers.matching.fill_right.has_value();
  if (fills && !features_.binop_fill_modifiers) {
    AddError(binary->position, "binop fill modifiers are experimental and not enabled");
  }
  binary->lhs = std::move(lhs.expr);
  binary->rhs = std::move(rhs.expr);
  binary->matching = std::move(modifiers.matching);
  binary->return_bool = modifiers.return_bool;
  return Checked({std::move(binary), std::max(lhs.height, rhs.height) + 1});
}

Node Parser::ParseUnary() {
  if (!At(kAdd) && !At(kSub)) return ParsePostfix();
  const Token sign = Take();
  // As tight as multiplication: -a^b is -(a^b), -a*b is (-a)*b.
  Node operand = ParseBinary(kPowPrecedence);
  if (!operand) return {};
  const PositionRange position{sign.start, operand.expr->position.end};
  if (auto* number = As<NumberLiteral>(operand.expr.get())) {
    if (sign.type == kSub) number->value = -number->value;
    number->position = position;
    return operand;
  }
  auto unary = std::make_unique<UnaryExpr>();
  unary->negative = sign.type == kSub;
  unary->expr = std::move(operand.expr);
  unary->position = position;
  return Checked({std::move(unary), operand.height + 1});
}

Node Parser::ParsePostfix() {
  Node node = ParsePrimary();
  while (node) {
    switch (Peek().type) {
      case kLeftBracket:
        node = Checked(ParseBrackets(std::move(node)));
        break;
      case kOffset:
        if (!ParseOffset(node.expr.get())) return {};
        break;
      case kAt:
        if (!ParseAt(node.expr.get())) return {};
        break;
      case kAnchored:
        Take();
        SetEdges(node.expr.get(), RangeEdges::kAnchored);
        break;
      case kSmoothed:
        Take();
        SetEdges(node.expr.get(), RangeEdges::kSmoothed);
        break;
      default:
        return node;
    }
  }
  return {};
}

Node Parser::ParsePrimary() {
  switch (Peek().type) {
    case kNumber:
    case kDuration:
      return ParseNumber();
    case kString:
      return ParseString();
    case kLeftParen:
      return ParseParen();
    case kLeftBrace:
      return {ParseSelector()};
    default:
      return ParseWord();
  }
}

// A word is a function or an aggregation when a parenthesis follows (or by, without), and the name of a metric otherwise.
Node Parser::ParseWord() {
  if (!IsMetricName(Peek().type)) return {Unexpected()};
  const TokenType next = PeekSecond();
  if (next == kLeftParen && IsFunctionName(Peek().type)) return ParseCall(Take());
  if (IsAggregator(Peek().type) && (next == kLeftParen || next == kBy || next == kWithout)) return ParseAggregate(Take());
  return {ParseSelector()};
}

Node Parser::ParseParen() {
  const Token open = Take();
  Node inner = ParseBinary(0);
  if (!inner || !Expect(kRightParen)) return {};
  auto paren = std::make_unique<ParenExpr>();
  paren->position = {open.start, taken_end_};
  paren->expr = std::move(inner.expr);
  return Checked({std::move(paren), inner.height + 1});
}

Node Parser::ParseNumber() {
  const Token token = Take();
  auto literal = std::make_unique<NumberLiteral>();
  literal->position = token.position();
  literal->is_duration = token.type == kDuration;
  const Result<double> value = literal->is_duration ? ParseDurationSeconds(token.text) : promql::ParseNumber(token.text);
  if (value.ok()) {
    literal->value = *value;
  } else {
    AddError(token.position(), literal->is_duration ? std::string(value.status().message())
                                                    : StrCat("error parsing number: ", value.status().message()));
  }
  return {std::move(literal)};
}

Node Parser::ParseString() {
  const Token token = Take();
  auto literal = std::make_unique<StringLiteral>();
  literal->position = token.position();
  literal->value = Unquote(token);
  return {std::move(literal)};
}

}  // namespace epi::promql
