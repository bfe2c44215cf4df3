// Breaks expressions over lines: whatever is longer than a line gives its operands lines of their own, indented by depth.
#include <algorithm>

#include "common/base/str_cat.h"
#include "common/promql/print.h"
#include "common/promql/printer.h"

namespace epi::promql {
namespace {

// Deeper levels are not indented further, so that nesting cannot multiply the size of the answer.
constexpr int kIndentLevelsMax = 64;

class Prettifier {
 public:
  Prettifier(std::string* out, size_t line_bytes_max) : out_(out), line_bytes_max_(line_bytes_max) {}

  void Print(const Expr& expr, int level) {
    switch (expr.kind) {
      case ExprKind::kStepInvariant:
        return Print(*static_cast<const StepInvariantExpr&>(expr).expr, level);
      case ExprKind::kUnary:
        return Unary(static_cast<const UnaryExpr&>(expr), level);
      case ExprKind::kSubquery:
        return Subquery(static_cast<const SubqueryExpr&>(expr), level);
      case ExprKind::kCall:
      case ExprKind::kAggregate:
      case ExprKind::kBinary:
      case ExprKind::kParen:
        if (IsTooLong(expr)) return Split(expr, level);
        break;
      default:
        break;
    }
    Indent(level);
    Printer(out_).Print(expr);
  }

 private:
  bool IsTooLong(const Expr& expr) const {
    std::string text;
    Printer(&text, line_bytes_max_).Print(expr);
    return text.size() > line_bytes_max_;
  }

  void Indent(int level) { out_->append(static_cast<size_t>(2 * std::min(level, kIndentLevelsMax)), ' '); }

  void Split(const Expr& expr, int level) {
    switch (expr.kind) {
      case ExprKind::kCall:
        return SplitCall(static_cast<const Call&>(expr), level);
      case ExprKind::kAggregate:
        return SplitAggregate(static_cast<const AggregateExpr&>(expr), level);
      case ExprKind::kBinary:
        return SplitBinary(static_cast<const BinaryExpr&>(expr), level);
      default:
        Indent(level);
        *out_ += "(\n";
        Print(*static_cast<const ParenExpr&>(expr).expr, level + 1);
        return Close(level);
    }
  }

  void Close(int level) {
    *out_ += '\n';
    Indent(level);
    *out_ += ')';
  }

  void SplitCall(const Call& call, int level) {
    Indent(level);
    StrAppend(out_, call.function->name, "(\n");
    for (size_t i = 0; i < call.args.size(); ++i) {
      if (i > 0) *out_ += ",\n";
      Print(*call.args[i], level + 1);
    }
    Close(level);
  }

  void SplitAggregate(const AggregateExpr& aggregate, int level) {
    Indent(level);
    Printer(out_).AggregateHead(aggregate);
    *out_ += "(\n";
    if (aggregate.param != nullptr) {
      Print(*aggregate.param, level + 1);
      *out_ += ",\n";
    }
    Print(*aggregate.expr, level + 1);
    Close(level);
  }

  void SplitBinary(const BinaryExpr& binary, int level) {
    Print(*binary.lhs, level + 1);
    *out_ += '\n';
    Indent(level);
    Printer(out_).BinaryHead(binary);
    *out_ += '\n';
    Print(*binary.rhs, level + 1);
  }

  // The sign sticks to its operand's first character.
  void Unary(const UnaryExpr& unary, int level) {
    std::string operand;
    Prettifier(&operand, line_bytes_max_).Print(*unary.expr, level);
    Indent(level);
    *out_ += unary.negative ? '-' : '+';
    out_->append(operand, std::min(operand.find_first_not_of(' '), operand.size()));
  }

  // A subquery that fits into a line is not indented: so does Prometheus.
  void Subquery(const SubqueryExpr& subquery, int level) {
    if (!IsTooLong(subquery)) return Printer(out_).Print(subquery);
    Print(*subquery.expr, level);
    Printer(out_).SubqueryTime(subquery);
  }

  std::string* const out_;
  const size_t line_bytes_max_;
};

}  // namespace

std::string Prettify(const Expr& expr, size_t line_bytes_max) {
  std::string out;
  Prettifier(&out, line_bytes_max).Print(expr, 0);
  return out;
}

}  // namespace epi::promql
