// The parser behind parse.h: recursive descent with precedence climbing.
//
//   binary   := unary { operator modifiers binary }        or < and unless < comparison trim < + - < * / % atan2 < ^ (right)
//   unary    := ('+' | '-') binary(above *) | postfix
//   postfix  := primary { [range] | [range:step] | offset d | @ t | anchored | smoothed }
//   primary  := number | string | '(' binary ')' | selector | call | aggregation
//
// Syntax errors end the parse. Which message they get depends on where the parser stands: a stack of places, pushed by
// PlaceScope, says "in grouping opts, expected label" and the like; outside of all places the message names the token only.
// Other faults (an unknown function, a repeated offset) are noted and parsing goes on.
//
// Contract: a null node means that a syntax error was noted. Types are checked afterwards, by type_check.h.
// Threads:  one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/promql/ast.h"
#include "common/promql/lexer.h"
#include "common/promql/options.h"
#include "common/promql/parse.h"

namespace epi::promql {

// An expression and the height of its tree. Null after a syntax error.
struct Node {
  ExprPtr expr;
  int height = 1;
  explicit operator bool() const { return expr != nullptr; }
};

class Parser {
 public:
  Parser(std::string_view query, const Features& features) : query_(query), features_(features), lexer_(query) {}

  // The whole text as an expression. Null when errors() are not empty.
  ExprPtr ParseWholeExpr();
  // The whole text as one selector without modifiers.
  std::unique_ptr<VectorSelector> ParseWholeSelector();
  // The whole text as the labels of one series.
  std::vector<std::pair<std::string, std::string>> ParseWholeMetric();

  const ParseErrors& errors() const { return errors_; }
  ParseErrors TakeErrors() { return std::move(errors_); }

 private:
  // Where the parser stands, for messages about unexpected tokens.
  struct Place {
    std::string_view context;
    std::string_view expected;
  };
  class PlaceScope {
   public:
    PlaceScope(Parser* parser, Place place) : parser_(parser) { parser_->places_.push_back(place); }
    ~PlaceScope() { parser_->places_.pop_back(); }
    PlaceScope(const PlaceScope&) = delete;
    PlaceScope& operator=(const PlaceScope&) = delete;
    void MoveTo(Place place) { parser_->places_.back() = place; }

   private:
    Parser* const parser_;
  };
  class NestingScope;
  struct BinaryModifiers {
    VectorMatching matching;
    bool return_bool = false;
  };

  // Tokens.
  const Token& Peek();
  // Type of the token after Peek().
  TokenType PeekSecond();
  Token Take();
  bool TakeIf(TokenType type);
  bool At(TokenType type) { return Peek().type == type; }
  // Takes a token of this type, or notes it as unexpected at the current place.
  bool Expect(TokenType type);
  bool ExpectEnd();

  // Errors. Unexpected() always returns null, to be returned.
  void AddError(PositionRange position, std::string message);
  std::nullptr_t Unexpected();
  std::nullptr_t Unexpected(Place place);
  std::string Unquote(const Token& string);
  // The node, or null with an error when it is too high.
  Node Checked(Node node);

  // parser_expr.cc
  Node ParseBinary(int precedence_min);
  Node ParseUnary();
  Node ParsePostfix();
  Node ParsePrimary();
  Node ParseParen();
  Node ParseNumber();
  Node ParseString();
  Node ParseWord();
  Node MakeBinary(const Token& op, Node lhs, BinaryModifiers modifiers, Node rhs);

  // parser_call.cc
  Node ParseCall(const Token& name);
  Node ParseAggregate(const Token& op);
  bool ParseArguments(std::vector<ExprPtr>* args, int* height);
  bool ParseAggregateModifier(AggregateExpr* aggregate);
  void SetAggregateArguments(std::vector<ExprPtr> args, AggregateExpr* aggregate);

  // parser_matching.cc
  bool ParseBinaryModifiers(BinaryModifiers* modifiers);
  bool ParseGrouping(std::vector<std::string>* labels);
  bool ParseGroupingLabel(std::vector<std::string>* labels);
  bool ParseFill(VectorMatching* matching);
  bool ParseFillValue(std::optional<double>* value);

  // parser_selector.cc
  std::unique_ptr<VectorSelector> ParseSelector();
  bool ParseMatchers(VectorSelector* selector);
  bool ParseMatcher(labels::Matchers* matchers);
  void AddMatcher(const Token& name, const Token& op, const Token& value, labels::Matchers* matchers);
  bool ParseLabelSet(std::vector<std::pair<std::string, std::string>>* labels);
  bool ParseLabelPair(std::vector<std::pair<std::string, std::string>>* labels);

  // parser_modifiers.cc
  Node ParseBrackets(Node inner);
  Node MakeMatrix(Node inner, const Token& open, Node range);
  Node MakeSubquery(Node inner, Node range, Node step);
  bool ParseOffset(Expr* expr);
  bool ParseAt(Expr* expr);
  void SetOffset(Expr* expr, ExprPtr offset);
  void SetEdges(Expr* expr, RangeEdges edges);
  // Null with an error when @ cannot stand here.
  TimeModifiers* AtTarget(Expr* expr);
  void SetTimestamp(Expr* expr, double seconds);
  // Moves the end of the expression behind the last token taken.
  void ExtendTo(Expr* expr);

  // parser_duration.cc
  Node ParseDuration(int precedence_min);
  Node ParseDurationUnary();
  Node ParseDurationPrimary();
  Node ParseDurationParen();
  Node ParseDurationFunction();
  Node ParsePositiveDuration();
  Node ParseOffsetDuration();
  Node ParseSignedOffset();
  Node MakeDurationBinary(const Token& op, Node lhs, Node rhs);
  Node ApplySign(const Token& sign, Node operand);
  Node MakeSigned(DurationOp op, const Token& sign, Node operand);
  Node Wrap(Node inner, PositionRange position);

  const std::string_view query_;
  const Features features_;
  Lexer lexer_;
  Token peeked_;
  bool has_peeked_ = false;
  int32_t taken_end_ = 0;
  int nesting_ = 0;
  std::vector<Place> places_;
  ParseErrors errors_;
};

// Counts the parser's recursion while it lives.
class Parser::NestingScope {
 public:
  explicit NestingScope(Parser* parser);
  ~NestingScope();
  NestingScope(const NestingScope&) = delete;
  NestingScope& operator=(const NestingScope&) = delete;
  // False, with an error noted, when it is too deep.
  bool ok() const { return ok_; }

 private:
  Parser* const parser_;
  bool ok_ = true;
};

}  // namespace epi::promql
