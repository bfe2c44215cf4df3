#include "common/promql/token.h"

#include <algorithm>
#include <iterator>

#include "common/base/check.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"

namespace epi::promql {
namespace {

using enum TokenType;

struct Keyword {
  std::string_view word;
  TokenType type;
};

constexpr Keyword kKeywords[] = {
    {"anchored", kAnchored},
    {"and", kAnd},
    {"atan2", kAtan2},
    {"avg", kAvg},
    {"bool", kBool},
    {"bottomk", kBottomK},
    {"by", kBy},
    {"count", kCount},
    {"count_values", kCountValues},
    {"end", kEnd},
    {"fill", kFill},
    {"fill_left", kFillLeft},
    {"fill_right", kFillRight},
    {"group", kGroup},
    {"group_left", kGroupLeft},
    {"group_right", kGroupRight},
    {"ignoring", kIgnoring},
    {"inf", kNumber},
    {"limit_ratio", kLimitRatio},
    {"limitk", kLimitK},
    {"max", kMax},
    {"max_of", kMaxOf},
    {"min", kMin},
    {"min_of", kMinOf},
    {"nan", kNumber},
    {"offset", kOffset},
    {"on", kOn},
    {"or", kOr},
    {"quantile", kQuantile},
    {"range", kRange},
    {"smoothed", kSmoothed},
    {"start", kStart},
    {"stddev", kStddev},
    {"stdvar", kStdvar},
    {"step", kStep},
    {"sum", kSum},
    {"topk", kTopK},
    {"unless", kUnless},
    {"without", kWithout},
};
constexpr bool ByWord(const Keyword& a, const Keyword& b) { return a.word < b.word; }
static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords), ByWord));

constexpr size_t kKeywordBytesMax = 12;

bool IsOperatorToken(TokenType type) { return type >= kAdd && type <= kAtan2; }
bool IsKeywordToken(TokenType type) { return type >= kBool && type <= kSmoothed; }

// Messages cut long texts after ten runes.
std::string QuoteShort(std::string_view text) {
  if (text.size() <= 10) return GoQuote(text);
  size_t end = 0;
  for (int runes = 0; runes < 10 && end < text.size(); ++runes) end += DecodeRune(text.substr(end)).size;
  return GoQuote(text.substr(0, end)) + "...";
}

}  // namespace

std::string Describe(const Token& token) {
  switch (token.type) {
    case kEof:
      return "end of input";
    case kError:
      return "error";
    case kIdentifier:
      return StrCat("identifier ", GoQuote(token.text));
    case kMetricIdentifier:
      return StrCat("metric identifier ", GoQuote(token.text));
    case kNumber:
      return StrCat("number ", QuoteShort(token.text));
    case kDuration:
      return StrCat("duration ", QuoteShort(token.text));
    case kString:
      return StrCat("string ", QuoteShort(token.text));
    default:
      break;
  }
  if (IsKeywordToken(token.type)) return StrCat("<", token.text, ">");
  if (IsOperatorToken(token.type)) return StrCat("<op:", token.text, ">");
  if (IsAggregator(token.type)) return StrCat("<aggr:", token.text, ">");
  return QuoteShort(token.text);
}

std::optional<TokenType> FindKeyword(std::string_view word) {
  if (word.size() > kKeywordBytesMax) return std::nullopt;
  char buffer[kKeywordBytesMax];
  std::transform(word.begin(), word.end(), buffer, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::string_view lower(buffer, word.size());
  const auto* found = std::lower_bound(std::begin(kKeywords), std::end(kKeywords), Keyword{lower, kEof}, ByWord);
  if (found == std::end(kKeywords) || found->word != lower) return std::nullopt;
  return found->type;
}

bool IsAggregator(TokenType type) { return type >= kSum && type <= kLimitRatio; }

AggregateOp ToAggregateOp(TokenType type) {
  CHECK(IsAggregator(type));
  return static_cast<AggregateOp>(static_cast<int>(type) - static_cast<int>(kSum));
}

std::optional<BinaryOp> ToBinaryOp(TokenType type) {
  switch (type) {
    case kAdd:
      return BinaryOp::kAdd;
    case kSub:
      return BinaryOp::kSub;
    case kMul:
      return BinaryOp::kMul;
    case kDiv:
      return BinaryOp::kDiv;
    case kMod:
      return BinaryOp::kMod;
    case kPow:
      return BinaryOp::kPow;
    case kAtan2:
      return BinaryOp::kAtan2;
    case kEqualEqual:
      return BinaryOp::kEqual;
    case kNotEqual:
      return BinaryOp::kNotEqual;
    case kGreater:
      return BinaryOp::kGreater;
    case kLess:
      return BinaryOp::kLess;
    case kGreaterOrEqual:
      return BinaryOp::kGreaterOrEqual;
    case kLessOrEqual:
      return BinaryOp::kLessOrEqual;
    case kTrimUpper:
      return BinaryOp::kTrimUpper;
    case kTrimLower:
      return BinaryOp::kTrimLower;
    case kAnd:
      return BinaryOp::kAnd;
    case kOr:
      return BinaryOp::kOr;
    case kUnless:
      return BinaryOp::kUnless;
    default:
      return std::nullopt;
  }
}

bool IsMetricName(TokenType type) {
  switch (type) {
    case kIdentifier:
    case kMetricIdentifier:
    case kAnd:
    case kOr:
    case kUnless:
    case kBy:
    case kWithout:
    case kFill:
    case kFillLeft:
    case kFillRight:
    case kOffset:
    case kAnchored:
    case kSmoothed:
    case kStart:
    case kEnd:
    case kStep:
    case kRange:
    case kMaxOf:
    case kMinOf:
      return true;
    default:
      return IsAggregator(type);
  }
}

bool IsGroupingLabel(TokenType type) {
  if (type == kWithout) return false;
  return IsMetricName(type) || type == kBool || type == kOn || type == kIgnoring || type == kGroupLeft || type == kGroupRight ||
         type == kAtan2;
}

bool StartsExpr(TokenType type) {
  return IsMetricName(type) || type == kNumber || type == kDuration || type == kString || type == kLeftParen ||
         type == kLeftBrace || type == kAdd || type == kSub;
}

}  // namespace epi::promql
