// The syntax tree as the parse_query API shows it. Keys are in alphabetical order, times and durations in milliseconds.
#include <cmath>

#include "common/base/go_float.h"
#include "common/base/json_writer.h"
#include "common/promql/print.h"

namespace epi::promql {
namespace {

class TreeWriter {
 public:
  explicit TreeWriter(std::string* out) : json_(out, {.indent = {}, .html = HtmlEscape::kYes}) {}

  void Write(const Expr* expr) {
    if (expr == nullptr) {
      json_.Null();
      return;
    }
    if (expr->kind == ExprKind::kStepInvariant) return Write(static_cast<const StepInvariantExpr*>(expr)->expr.get());
    json_.BeginObject();
    Members(*expr);
    json_.EndObject();
  }

 private:
  void Members(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kNumber:
        return Text("type", "numberLiteral"), Text("val", FormatFloatF(static_cast<const NumberLiteral&>(expr).value));
      case ExprKind::kString:
        return Text("type", "stringLiteral"), Text("val", static_cast<const StringLiteral&>(expr).value);
      case ExprKind::kVectorSelector:
        return Vector(static_cast<const VectorSelector&>(expr));
      case ExprKind::kMatrixSelector:
        return Matrix(static_cast<const MatrixSelector&>(expr));
      case ExprKind::kSubquery:
        return Subquery(static_cast<const SubqueryExpr&>(expr));
      case ExprKind::kCall:
        return FunctionCall(static_cast<const Call&>(expr));
      case ExprKind::kAggregate:
        return Aggregate(static_cast<const AggregateExpr&>(expr));
      case ExprKind::kBinary:
        return Binary(static_cast<const BinaryExpr&>(expr));
      case ExprKind::kUnary:
        Child("expr", static_cast<const UnaryExpr&>(expr).expr.get());
        return Text("op", static_cast<const UnaryExpr&>(expr).negative ? "-" : "+"), Text("type", "unaryExpr");
      case ExprKind::kParen:
        return Child("expr", static_cast<const ParenExpr&>(expr).expr.get()), Text("type", "parenExpr");
      case ExprKind::kDuration:
        return Duration(static_cast<const DurationExpr&>(expr));
      case ExprKind::kStepInvariant:
        return;
    }
  }

  void Text(std::string_view key, std::string_view value) { json_.Key(key).String(value); }
  void Flag(std::string_view key, bool value) { json_.Key(key).Bool(value); }
  void Number(std::string_view key, int64_t value) { json_.Key(key).Int(value); }
  void Child(std::string_view key, const Expr* expr) {
    json_.Key(key);
    Write(expr);
  }

  // A part of a duration expression: numbers say whether they were written as durations.
  void DurationPart(std::string_view key, const Expr* expr) {
    const auto* number = As<NumberLiteral>(expr);
    if (number == nullptr) return Child(key, expr);
    json_.Key(key).BeginObject();
    Flag("duration", number->is_duration);
    Text("type", "numberLiteral");
    Text("val", FormatFloatF(number->value));
    json_.EndObject();
  }

  void Strings(std::string_view key, const std::vector<std::string>& values) {
    json_.Key(key).BeginArray();
    for (const std::string& value : values) json_.String(value);
    json_.EndArray();
  }

  void Edge(std::string_view key, RangeEdges have, RangeEdges want) { Flag(key, have == want); }

  void Matchers(const labels::Matchers& matchers) {
    json_.Key("matchers").BeginArray();
    for (const labels::Matcher& matcher : matchers) {
      json_.BeginObject();
      Text("name", matcher.name());
      Text("type", labels::MatchTypeText(matcher.type()));
      Text("value", matcher.value());
      json_.EndObject();
    }
    json_.EndArray();
  }

  void Offset(const TimeModifiers& time) {
    Number("offset", time.offset_ms);
    Child("offsetExpr", time.offset_expr.get());
  }

  void StartOrEnd(const TimeModifiers& time) {
    json_.Key("startOrEnd");
    if (time.at == AtKind::kStart || time.at == AtKind::kEnd) {
      json_.String(time.at == AtKind::kStart ? "start" : "end");
    } else {
      json_.Null();
    }
  }

  void Timestamp(const TimeModifiers& time) {
    json_.Key("timestamp");
    if (time.at == AtKind::kTimestamp) {
      json_.Int(time.at_ms);
    } else {
      json_.Null();
    }
  }

  void Vector(const VectorSelector& selector) {
    Edge("anchored", selector.edges, RangeEdges::kAnchored);
    Matchers(selector.matchers);
    Text("name", selector.name);
    Offset(selector.time);
    Edge("smoothed", selector.edges, RangeEdges::kSmoothed);
    StartOrEnd(selector.time);
    Timestamp(selector.time);
    Text("type", "vectorSelector");
  }

  void Matrix(const MatrixSelector& matrix) {
    const VectorSelector& selector = *matrix.selector;
    Edge("anchored", selector.edges, RangeEdges::kAnchored);
    Matchers(selector.matchers);
    Text("name", selector.name);
    Offset(selector.time);
    Number("range", matrix.range_ms);
    Child("rangeExpr", matrix.range_expr.get());
    Edge("smoothed", selector.edges, RangeEdges::kSmoothed);
    StartOrEnd(selector.time);
    Timestamp(selector.time);
    Text("type", "matrixSelector");
  }

  void Subquery(const SubqueryExpr& subquery) {
    Child("expr", subquery.expr.get());
    Offset(subquery.time);
    Number("range", subquery.range_ms);
    Child("rangeExpr", subquery.range_expr.get());
    StartOrEnd(subquery.time);
    Number("step", subquery.step_ms);
    Child("stepExpr", subquery.step_expr.get());
    Timestamp(subquery.time);
    Text("type", "subquery");
  }

  void FunctionCall(const Call& call) {
    json_.Key("args").BeginArray();
    for (const ExprPtr& arg : call.args) Write(arg.get());
    json_.EndArray().Key("func").BeginObject().Key("argTypes").BeginArray();
    for (const ValueType type : call.function->arg_types) json_.String(ValueTypeText(type));
    json_.EndArray();
    Text("name", call.function->name);
    Text("returnType", ValueTypeText(call.function->return_type));
    Number("variadic", call.function->variadic);
    json_.EndObject();
    Text("type", "call");
  }

  void Aggregate(const AggregateExpr& aggregate) {
    Child("expr", aggregate.expr.get());
    Strings("grouping", aggregate.grouping);
    Text("op", OpText(aggregate.op));
    Child("param", aggregate.param.get());
    Text("type", "aggregation");
    Flag("without", aggregate.without);
  }

  void Binary(const BinaryExpr& binary) {
    Flag("bool", binary.return_bool);
    Child("lhs", binary.lhs.get());
    json_.Key("matching");
    if (binary.matching.has_value()) {
      Matching(*binary.matching);
    } else {
      json_.Null();
    }
    Text("op", OpText(binary.op));
    Child("rhs", binary.rhs.get());
    Text("type", "binaryExpr");
  }

  void Matching(const VectorMatching& matching) {
    json_.BeginObject();
    Text("card", MatchCardinalityText(matching.card));
    json_.Key("fillValues").BeginObject();
    Fill("lhs", matching.fill_left);
    Fill("rhs", matching.fill_right);
    json_.EndObject();
    Strings("include", matching.include);
    Strings("labels", matching.labels);
    Flag("on", matching.on);
    json_.EndObject();
  }

  // JSON has no infinities: they are null, too.
  void Fill(std::string_view key, const std::optional<double>& value) {
    json_.Key(key);
    if (value.has_value() && std::isfinite(*value)) {
      json_.Double(*value);
    } else {
      json_.Null();
    }
  }

  void Duration(const DurationExpr& duration) {
    DurationPart("lhs", duration.lhs.get());
    Text("op", OpText(duration.op));
    DurationPart("rhs", duration.rhs.get());
    Text("type", "durationExpr");
    Flag("wrapped", duration.wrapped);
  }

  JsonWriter json_;
};

}  // namespace

std::string ToJson(const Expr& expr) {
  std::string out;
  TreeWriter(&out).Write(&expr);
  return out;
}

}  // namespace epi::promql
