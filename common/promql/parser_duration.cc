// Durations and their arithmetic, in ranges, steps and offsets.
#include "common/base/str_cat.h"
#include "common/promql/literal.h"
#include "common/promql/parser.h"

namespace epi::promql {
namespace {

using enum TokenType;

constexpr int kSignPrecedence = 2;
constexpr int kPowPrecedence = 3;

// 0 for what is no operator between durations.
int DurationPrecedence(TokenType type) {
  switch (type) {
    case kAdd:
    case kSub:
      return 1;
    case kMul:
    case kDiv:
    case kMod:
      return kSignPrecedence;
    case kPow:
      return kPowPrecedence;
    default:
      return 0;
  }
}

DurationOp ToDurationOp(TokenType type) {
  switch (type) {
    case kAdd:
      return DurationOp::kAdd;
    case kSub:
      return DurationOp::kSub;
    case kMul:
      return DurationOp::kMul;
    case kDiv:
      return DurationOp::kDiv;
    case kMod:
      return DurationOp::kMod;
    case kPow:
      return DurationOp::kPow;
    case kStep:
      return DurationOp::kStep;
    case kRange:
      return DurationOp::kRange;
    case kMinOf:
      return DurationOp::kMinOf;
    default:
      return DurationOp::kMaxOf;
  }
}

bool IsZero(const Expr& expr) {
  const auto* literal = As<NumberLiteral>(&expr);
  return literal != nullptr && literal->value == 0;
}

bool IsDurationFunction(TokenType type) { return type == kStep || type == kRange || type == kMinOf || type == kMaxOf; }

}  // namespace

Node Parser::ParsePositiveDuration() {
  Node duration = ParseDuration(1);
  if (!duration) return {};
  const auto* literal = As<NumberLiteral>(duration.expr.get());
  if (literal != nullptr && literal->value <= 0) AddError(literal->position, "duration must be greater than 0");
  return duration;
}

Node Parser::ParseDuration(int precedence_min) {
  const NestingScope nesting(this);
  if (!nesting.ok()) return {};
  Node lhs = ParseDurationUnary();
  while (lhs) {
    const int precedence = DurationPrecedence(Peek().type);
    if (precedence == 0 || precedence < precedence_min) return lhs;
    const Token op = Take();
    Node rhs = ParseDuration(op.type == kPow ? kPowPrecedence : precedence + 1);
    if (!rhs) return {};
    lhs = MakeDurationBinary(op, std::move(lhs), std::move(rhs));
  }
  return {};
}

Node Parser::MakeDurationBinary(const Token& op, Node lhs, Node rhs) {
  if ((op.type == kDiv || op.type == kMod) && IsZero(*rhs.expr)) {
    AddError(op.position(), op.type == kDiv ? "division by zero" : "modulo by zero");
    return lhs;
  }
  auto binary = std::make_unique<DurationExpr>();
  binary->op = ToDurationOp(op.type);
  binary->position = {lhs.expr->position.start, rhs.expr->position.end};
  binary->lhs = std::move(lhs.expr);
  binary->rhs = std::move(rhs.expr);
  return Checked({std::move(binary), std::max(lhs.height, rhs.height) + 1});
}

Node Parser::ParseDurationUnary() {
  if (!At(kAdd) && !At(kSub)) return ParseDurationPrimary();
  const Token sign = Take();
  Node operand = ParseDuration(kPowPrecedence);
  return operand ? ApplySign(sign, std::move(operand)) : Node{};
}

// A sign goes into a literal; '+' before anything else says nothing.
Node Parser::ApplySign(const Token& sign, Node operand) {
  if (auto* literal = As<NumberLiteral>(operand.expr.get())) {
    if (sign.type == kSub) literal->value = -literal->value;
    literal->position.start = sign.start;
    if (IsDurationOutOfRange(literal->value)) AddError(sign.position(), "duration out of range");
    return operand;
  }
  if (sign.type == kAdd) return operand;
  return MakeSigned(DurationOp::kNegative, sign, std::move(operand));
}

Node Parser::MakeSigned(DurationOp op, const Token& sign, Node operand) {
  auto signed_expr = std::make_unique<DurationExpr>();
  signed_expr->op = op;
  signed_expr->position = {sign.start, operand.expr->position.end};
  signed_expr->rhs = std::move(operand.expr);
  return Checked({std::move(signed_expr), operand.height + 1});
}

Node Parser::ParseDurationPrimary() {
  if (At(kLeftParen)) return ParseDurationParen();
  if (IsDurationFunction(Peek().type)) return ParseDurationFunction();
  if (!At(kNumber) && !At(kDuration)) return {Unexpected()};
  Node literal = ParseNumber();
  if (IsDurationOutOfRange(As<NumberLiteral>(literal.expr.get())->value)) {
    AddError(literal.expr->position, "duration out of range");
  }
  return literal;
}

Node Parser::ParseDurationParen() {
  const Token open = Take();
  Node inner = ParseDuration(1);
  if (!inner || !Expect(kRightParen)) return {};
  return Wrap(std::move(inner), {open.start, taken_end_});
}

// Parentheses are kept for printing: on the expression itself, or on a '+' put before a literal.
Node Parser::Wrap(Node inner, PositionRange position) {
  if (auto* duration = As<DurationExpr>(inner.expr.get())) {
    duration->wrapped = true;
    return inner;
  }
  auto plus = std::make_unique<DurationExpr>();
  plus->op = DurationOp::kPositive;
  plus->position = {position.start, inner.expr->position.end};
  plus->rhs = std::move(inner.expr);
  plus->wrapped = true;
  return Checked({std::move(plus), inner.height + 1});
}

// step() range() min_of(d, d) max_of(d, d)
Node Parser::ParseDurationFunction() {
  const Token name = Take();
  auto call = std::make_unique<DurationExpr>();
  call->op = ToDurationOp(name.type);
  if (!Expect(kLeftParen)) return {};
  int height = 0;
  if (name.type == kMinOf || name.type == kMaxOf) {
    Node lhs = ParseDuration(1);
    if (!lhs || !Expect(kComma)) return {};
    Node rhs = ParseDuration(1);
    if (!rhs) return {};
    height = std::max(lhs.height, rhs.height);
    // The place of min_of(a, b) is that of its arguments.
    call->position = {lhs.expr->position.start, rhs.expr->position.end};
    call->lhs = std::move(lhs.expr);
    call->rhs = std::move(rhs.expr);
  }
  if (!Expect(kRightParen)) return {};
  if (call->lhs == nullptr) call->position = {name.start, taken_end_};
  return Checked({std::move(call), height + 1});
}

// After offset only what is complete by itself binds: in foo offset 5m * 2 the product is of two values, not of durations.
// Parentheses and repeated signs start duration arithmetic all the same.
Node Parser::ParseOffsetDuration() {
  const bool has_sign = At(kAdd) || At(kSub);
  if (At(kLeftParen)) return ParseDuration(1);
  if (!has_sign) return ParseDurationPrimary();
  const TokenType second = PeekSecond();
  return second == kAdd || second == kSub ? ParseDuration(1) : ParseSignedOffset();
}

Node Parser::ParseSignedOffset() {
  const Token sign = Take();
  const bool is_function = IsDurationFunction(Peek().type);
  Node operand = ParseDurationPrimary();
  if (!operand) return {};
  if (is_function && sign.type == kAdd) return MakeSigned(DurationOp::kPositive, sign, std::move(operand));
  return ApplySign(sign, std::move(operand));
}

}  // namespace epi::promql
