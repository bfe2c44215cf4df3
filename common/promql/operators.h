// PromQL's operators: binary, aggregation, and those of duration expressions; with their texts and classes.
#pragma once

#include <cstdint>
#include <string_view>

namespace epi::promql {

enum class BinaryOp : uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kAtan2,
  kEqual,
  kNotEqual,
  kGreater,
  kLess,
  kGreaterOrEqual,
  kLessOrEqual,
  kTrimUpper,  // </ : keeps the observations below.
  kTrimLower,  // >/ : keeps the observations above.
  kAnd,
  kOr,
  kUnless,
};

enum class AggregateOp : uint8_t {
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
};

enum class DurationOp : uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kPositive,  // +d, only rhs
  kNegative,  // -d, only rhs
  kStep,      // step(), no operand
  kRange,     // range(), no operand
  kMinOf,
  kMaxOf,
};

// "+", "</", "unless", "count_values", "min_of", …
std::string_view OpText(BinaryOp op);
std::string_view OpText(AggregateOp op);
std::string_view OpText(DurationOp op);

// == != > < >= <= ; the trims are not comparisons, though they bind as tightly.
bool IsComparison(BinaryOp op);
// and, or, unless.
bool IsSetOp(BinaryOp op);
// Trims histograms: </ and >/.
bool IsTrim(BinaryOp op);
// topk bottomk quantile count_values limitk limit_ratio.
bool HasParam(AggregateOp op);
bool IsExperimental(AggregateOp op);

}  // namespace epi::promql
