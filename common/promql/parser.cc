#include "common/promql/parser.h"

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/promql/limits.h"

namespace epi::promql {

const Token& Parser::Peek() {
  if (!has_peeked_) {
    peeked_ = lexer_.Next();
    has_peeked_ = true;
    if (peeked_.type == TokenType::kError) AddError({peeked_.start, static_cast<int32_t>(query_.size())}, lexer_.error());
  }
  return peeked_;
}

TokenType Parser::PeekSecond() {
  Peek();
  Lexer ahead = lexer_;
  return ahead.Next().type;
}

Token Parser::Take() {
  const Token token = Peek();
  has_peeked_ = false;
  taken_end_ = token.position().end;
  return token;
}

bool Parser::TakeIf(TokenType type) {
  if (!At(type)) return false;
  Take();
  return true;
}

bool Parser::Expect(TokenType type) {
  if (TakeIf(type)) return true;
  Unexpected();
  return false;
}

bool Parser::ExpectEnd() {
  if (At(TokenType::kEof)) return true;
  Unexpected();
  return false;
}

void Parser::AddError(PositionRange position, std::string message) { errors_.push_back({position, std::move(message)}); }

std::nullptr_t Parser::Unexpected() { return Unexpected(places_.empty() ? Place{} : places_.back()); }

std::nullptr_t Parser::Unexpected(Place place) {
  const Token token = Peek();
  // The lexer's own message was noted when the token was read.
  if (token.type == TokenType::kError) return nullptr;
  std::string message = StrCat("unexpected ", Describe(token));
  if (!place.context.empty()) StrAppend(&message, " in ", place.context);
  if (!place.expected.empty()) StrAppend(&message, ", expected ", place.expected);
  AddError(token.position(), std::move(message));
  return nullptr;
}

std::string Parser::Unquote(const Token& string) {
  Result<std::string> value = GoUnquote(string.text);
  if (value.ok()) return *std::move(value);
  AddError(string.position(), StrCat("error unquoting string ", GoQuote(string.text), ": ", value.status().message()));
  return {};
}

Node Parser::Checked(Node node) {
  if (node.height <= kExprDepthMax) return node;
  AddError(node.expr->position, StrCat("expression is more than ", kExprDepthMax, " levels deep"));
  return {};
}

Parser::NestingScope::NestingScope(Parser* parser) : parser_(parser) {
  if (++parser_->nesting_ <= kExprDepthMax) return;
  ok_ = false;
  parser_->AddError(parser_->Peek().position(), StrCat("expression is more than ", kExprDepthMax, " levels deep"));
}

Parser::NestingScope::~NestingScope() { --parser_->nesting_; }

ExprPtr Parser::ParseWholeExpr() {
  if (At(TokenType::kEof)) {
    AddError({}, "no expression found in input");
    return nullptr;
  }
  Node node = ParseBinary(0);
  if (!node || !ExpectEnd() || !errors_.empty()) return nullptr;
  return std::move(node.expr);
}

std::unique_ptr<VectorSelector> Parser::ParseWholeSelector() {
  auto selector = ParseSelector();
  if (selector == nullptr || !ExpectEnd() || !errors_.empty()) return nullptr;
  return selector;
}

std::vector<std::pair<std::string, std::string>> Parser::ParseWholeMetric() {
  std::vector<std::pair<std::string, std::string>> labels;
  std::string name;
  if (IsMetricName(Peek().type)) name = Take().text;
  if (!ParseLabelSet(&labels) || !ExpectEnd()) return {};
  if (!name.empty()) {
    std::erase_if(labels, [](const auto& label) { return label.first == labels::kMetricName; });
    labels.emplace_back(labels::kMetricName, name);
  }
  return labels;
}

}  // namespace epi::promql
