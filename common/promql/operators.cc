#include "common/promql/operators.h"

#include <iterator>

namespace epi::promql {
namespace {

// In the order of the enums.
constexpr std::string_view kBinaryTexts[] = {"+",  "-", "*", "/",  "%",  "^",  "atan2", "==",  "!=",
                                             ">",  "<", ">=", "<=", "</", ">/", "and",   "or", "unless"};
constexpr std::string_view kAggregateTexts[] = {"sum",    "avg",  "min",     "max",      "group",        "count",  "stddev",
                                                "stdvar", "topk", "bottomk", "quantile", "count_values", "limitk", "limit_ratio"};
constexpr std::string_view kDurationTexts[] = {"+", "-", "*", "/", "%", "^", "+", "-", "step", "range", "min_of", "max_of"};

static_assert(std::size(kBinaryTexts) == static_cast<size_t>(BinaryOp::kUnless) + 1);
static_assert(std::size(kAggregateTexts) == static_cast<size_t>(AggregateOp::kLimitRatio) + 1);
static_assert(std::size(kDurationTexts) == static_cast<size_t>(DurationOp::kMaxOf) + 1);

}  // namespace

std::string_view OpText(BinaryOp op) { return kBinaryTexts[static_cast<size_t>(op)]; }
std::string_view OpText(AggregateOp op) { return kAggregateTexts[static_cast<size_t>(op)]; }
std::string_view OpText(DurationOp op) { return kDurationTexts[static_cast<size_t>(op)]; }

bool IsComparison(BinaryOp op) { return op >= BinaryOp::kEqual && op <= BinaryOp::kLessOrEqual; }
bool IsSetOp(BinaryOp op) { return op >= BinaryOp::kAnd; }
bool IsTrim(BinaryOp op) { return op == BinaryOp::kTrimUpper || op == BinaryOp::kTrimLower; }
bool HasParam(AggregateOp op) { return op >= AggregateOp::kTopK; }
bool IsExperimental(AggregateOp op) { return op >= AggregateOp::kLimitK; }

}  // namespace epi::promql
