#include "common/promql/type_check.h"

#include <algorithm>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"

namespace epi::promql {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsValue(ValueType type) { return type == ValueType::kScalar || type == ValueType::kVector; }

class TypeChecker {
 public:
  TypeChecker(std::string_view query, ParseErrors* errors) : query_(query), errors_(errors) {}

  // The type of `expr`, after it and everything below was checked.
  ValueType Check(Expr* expr) {
    switch (expr->kind) {
      case ExprKind::kAggregate:
        return CheckAggregate(static_cast<AggregateExpr*>(expr));
      case ExprKind::kBinary:
        return CheckBinary(static_cast<BinaryExpr*>(expr));
      case ExprKind::kCall:
        return CheckCall(static_cast<Call*>(expr));
      case ExprKind::kParen:
        return Check(static_cast<ParenExpr*>(expr)->expr.get());
      case ExprKind::kUnary:
        return CheckUnary(static_cast<UnaryExpr*>(expr));
      case ExprKind::kSubquery:
        return CheckSubquery(static_cast<SubqueryExpr*>(expr));
      case ExprKind::kMatrixSelector:
        CheckSelector(static_cast<MatrixSelector*>(expr)->selector.get());
        return ValueType::kMatrix;
      case ExprKind::kVectorSelector:
        return CheckSelector(static_cast<VectorSelector*>(expr));
      default:
        return expr->type();
    }
  }

 private:
  void Add(PositionRange position, std::string message) { errors_->push_back({position, std::move(message)}); }

  void Expect(Expr* expr, ValueType want, std::string_view context) {
    const ValueType got = Check(expr);
    if (got == want) return;
    Add(expr->position, StrCat("expected type ", DocumentedType(want), " in ", context, ", got ", DocumentedType(got)));
  }

  ValueType CheckAggregate(AggregateExpr* aggregate) {
    Expect(aggregate->expr.get(), ValueType::kVector, "aggregation expression");
    if (HasParam(aggregate->op)) {
      const bool text = aggregate->op == AggregateOp::kCountValues;
      Expect(aggregate->param.get(), text ? ValueType::kString : ValueType::kScalar, "aggregation parameter");
    }
    return ValueType::kVector;
  }

  ValueType CheckBinary(BinaryExpr* binary) {
    const ValueType left = Check(binary->lhs.get());
    const ValueType right = Check(binary->rhs.get());
    const bool scalars = left == ValueType::kScalar && right == ValueType::kScalar;
    if (binary->return_bool && !IsComparison(binary->op)) {
      Add(OperatorRange(*binary), "bool modifier can only be used on comparison operators");
    }
    if (IsComparison(binary->op) && !binary->return_bool && scalars) {
      Add(OperatorRange(*binary), "comparisons between scalars must use BOOL modifier");
    }
    CheckIncludes(*binary);
    if (!IsValue(left)) Add(binary->lhs->position, "binary expression must contain only scalar and instant vector types");
    if (!IsValue(right)) Add(binary->rhs->position, "binary expression must contain only scalar and instant vector types");
    CheckMatching(binary, left == ValueType::kVector && right == ValueType::kVector);
    if (IsSetOp(binary->op) && (left == ValueType::kScalar || right == ValueType::kScalar)) {
      Add(binary->position, StrCat("set operator ", GoQuote(OpText(binary->op)), " not allowed in binary scalar expression"));
    }
    return scalars ? ValueType::kScalar : ValueType::kVector;
  }

  void CheckIncludes(const BinaryExpr& binary) {
    if (!binary.matching->on) return;
    const std::vector<std::string>& include = binary.matching->include;
    for (const std::string& label : binary.matching->labels) {
      const auto repeats = std::count(include.begin(), include.end(), label);
      for (auto i = 0; i < repeats; ++i) {
        Add(OperatorRange(binary), StrCat("label ", GoQuote(label), " must not occur in ON and GROUP clause at once"));
      }
    }
  }

  void CheckMatching(BinaryExpr* binary, bool vectors) {
    VectorMatching& matching = *binary->matching;
    const bool fills = matching.fill_left.has_value() || matching.fill_right.has_value();
    if (!vectors) {
      if (!matching.labels.empty()) Add(binary->position, "vector matching only allowed between instant vectors");
      if (fills) Add(binary->position, "filling in missing series only allowed between instant vectors");
      binary->matching.reset();
      return;
    }
    if (!IsSetOp(binary->op)) return;
    if (matching.card == MatchCardinality::kOneToOne) {
      matching.card = MatchCardinality::kManyToMany;
    } else {
      Add(binary->position, StrCat("no grouping allowed for ", GoQuote(OpText(binary->op)), " operation"));
      Add(binary->position, "set operations must always be many-to-many");
    }
    if (fills) Add(binary->position, "filling in missing series not allowed for set operators");
  }

  // The operator with its modifiers: what is between the operands, without white space.
  PositionRange OperatorRange(const BinaryExpr& binary) const {
    PositionRange range{binary.lhs->position.end, binary.rhs->position.start - 1};
    while (range.start < range.end && IsSpace(query_[static_cast<size_t>(range.start)])) ++range.start;
    while (range.end > range.start && IsSpace(query_[static_cast<size_t>(range.end)])) --range.end;
    return range;
  }

  ValueType CheckCall(Call* call) {
    CheckArgumentCount(*call);
    const FunctionSignature& function = *call->function;
    if (function.name == "info" && call->args.size() > 1) CheckInfoSelector(*call);
    for (size_t i = 0; i < call->args.size(); ++i) {
      if (i >= function.arg_types.size() && function.variadic == 0) break;
      const ValueType want = function.arg_types[std::min(i, function.arg_types.size() - 1)];
      Expect(call->args[i].get(), want, StrCat("call to function ", GoQuote(function.name)));
    }
    return function.return_type;
  }

  void CheckArgumentCount(const Call& call) {
    const FunctionSignature& function = *call.function;
    const size_t got = call.args.size();
    const auto report = [&](std::string_view bound, size_t wanted) {
      Add(call.position,
          StrCat("expected ", bound, wanted, " argument(s) in call to ", GoQuote(function.name), ", got ", got));
    };
    if (function.variadic == 0) {
      if (got != function.args_min()) report("", function.args_min());
    } else if (got < function.args_min()) {
      report("at least ", function.args_min());
    } else if (function.variadic > 0 && got > function.args_max()) {
      report("at most ", function.args_max());
    }
  }

  void CheckInfoSelector(const Call& call) {
    Expr* const arg = call.args[1].get();
    if (const ValueType type = arg->type(); type != ValueType::kVector) {
      Add(call.position, StrCat("expected type instant vector in call to function \"info\", got ", DocumentedType(type)));
    }
    auto* selector = As<VectorSelector>(arg);
    if (selector == nullptr) {
      Add(arg->position, "expected label selectors only");
    } else if (!selector->name.empty()) {
      Add(arg->position, "expected label selectors only, got vector selector instead");
    } else {
      selector->may_match_all = true;
    }
  }

  ValueType CheckUnary(UnaryExpr* unary) {
    const ValueType type = Check(unary->expr.get());
    if (!IsValue(type)) {
      Add(unary->position, StrCat("unary expression only allowed on expressions of type scalar or instant vector, got ",
                                  GoQuote(DocumentedType(type))));
    }
    return type;
  }

  ValueType CheckSubquery(SubqueryExpr* subquery) {
    const ValueType type = Check(subquery->expr.get());
    if (type != ValueType::kVector) {
      Add(subquery->position, StrCat("subquery is only allowed on instant vector, got ", ValueTypeText(type), " instead"));
    }
    return ValueType::kMatrix;
  }

  ValueType CheckSelector(VectorSelector* selector) {
    const labels::Matchers& matchers = selector->matchers;
    if (!selector->name.empty()) {
      for (size_t i = 0; i + 1 < matchers.size(); ++i) {
        if (matchers[i].name() != labels::kMetricName) continue;
        Add(selector->position, StrCat("metric name must not be set twice: ", GoQuote(selector->name), " or ",
                                       GoQuote(matchers[i].value())));
      }
    } else if (!selector->may_match_all &&
               std::all_of(matchers.begin(), matchers.end(), [](const auto& matcher) { return matcher.MatchesEmpty(); })) {
      Add(selector->position, "vector selector must contain at least one non-empty matcher");
    }
    return ValueType::kVector;
  }

  const std::string_view query_;
  ParseErrors* const errors_;
};

}  // namespace

void CheckTypes(std::string_view query, Expr* expr, ParseErrors* errors) { TypeChecker(query, errors).Check(expr); }

}  // namespace epi::promql
