// Tokens of PromQL, and how error messages name them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/promql/operators.h"
#include "common/promql/position.h"

namespace epi::promql {

enum class TokenType : uint8_t {
  kEof,
  kError,
  // Literals and names.
  kIdentifier,
  kMetricIdentifier,  // Has a colon.
  kNumber,
  kDuration,
  kString,
  // Punctuation.
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kComma,
  kColon,
  kEqual,  // =
  // Operators.
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kEqualEqual,
  kNotEqual,
  kGreater,
  kLess,
  kGreaterOrEqual,
  kLessOrEqual,
  kTrimUpper,
  kTrimLower,
  kRegexEqual,
  kRegexNotEqual,
  kAt,
  kAnd,
  kOr,
  kUnless,
  kAtan2,
  // Aggregators, in the order of AggregateOp.
  kSum,
  kAvg,
  kMin,
  kMax,
  kGroup,
  kCount,
  kStddev,
  kStdvar,
  kTopK,
  kBottomK,
  kQuantile,
  kCountValues,
  kLimitK,
  kLimitRatio,
  // Keywords.
  kBool,
  kBy,
  kWithout,
  kOn,
  kIgnoring,
  kGroupLeft,
  kGroupRight,
  kFill,
  kFillLeft,
  kFillRight,
  kOffset,
  kAnchored,
  kSmoothed,
  // Words with a meaning in durations and after @.
  kStart,
  kEnd,
  kStep,
  kRange,
  kMaxOf,
  kMinOf,
};

struct Token {
  TokenType type = TokenType::kEof;
  int32_t start = 0;
  std::string_view text;  // Of the query; empty at the end and for an error.

  PositionRange position() const { return {start, start + static_cast<int32_t>(text.size())}; }
};

// How messages name a token: identifier "x", number "2", <by>, <op:*>, <aggr:sum>, "(", end of input.
std::string Describe(const Token& token);

// The keyword or special number that `word` is in any letter case.
std::optional<TokenType> FindKeyword(std::string_view word);

bool IsAggregator(TokenType type);
// REQUIRES: IsAggregator(type).
AggregateOp ToAggregateOp(TokenType type);
std::optional<BinaryOp> ToBinaryOp(TokenType type);

// May stand as a metric name without quotes.
bool IsMetricName(TokenType type);
// May stand as a label name in by(…), on(…) and their kin.
bool IsGroupingLabel(TokenType type);
// May be the first of an expression.
bool StartsExpr(TokenType type);

}  // namespace epi::promql
