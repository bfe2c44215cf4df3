#include "common/gotemplate/execute.h"

#include <utility>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/gotemplate/lexer.h"
#include "common/gotemplate/template.h"

namespace epi::gotemplate {
namespace {

constexpr size_t kTemplateCallsMax = 100;
// What nil prints as outside printf.
constexpr std::string_view kNoValue = "<no value>";

enum class Flow : uint8_t { kNext, kBreak, kContinue };

class Executor {
 public:
  Executor(const Context& ctx, const Program& program) : ctx_(ctx), program_(program) {}

  Result<std::string> Run(const Value& data) {
    variables_ = {{"$", data}};
    RETURN_IF_ERROR(RunAll(program_.tree->body, data).status());
    return std::move(out_);
  }

 private:
  Result<Flow> RunAll(const std::vector<Statement>& statements, const Value& dot) {
    for (const Statement& statement : statements) {
      const Flow flow = TRY(RunOne(statement, dot));
      if (flow != Flow::kNext) return flow;
    }
    return Flow::kNext;
  }

  Result<Flow> RunOne(const Statement& statement, const Value& dot) {
    if (++executed_ > kStatementsMax) return ResourceExhaustedError("template runs too long");
    if (executed_ % 1024 == 0) RETURN_IF_ERROR(ctx_.Check());
    switch (statement.kind) {
      case Statement::Kind::kText: RETURN_IF_ERROR(Append(statement.text)); return Flow::kNext;
      case Statement::Kind::kPipeline: return Print(statement.pipeline, dot);
      case Statement::Kind::kIf:
      case Statement::Kind::kWith: return IfOrWith(statement, dot);
      case Statement::Kind::kRange: return Range(statement, dot);
      case Statement::Kind::kBreak: return Flow::kBreak;
      case Statement::Kind::kContinue: return Flow::kContinue;
      case Statement::Kind::kTemplate: return Call(statement, dot);
    }
    return Flow::kNext;
  }

  Result<Flow> Print(const Pipeline& pipeline, const Value& dot) {
    const Value value = TRY(Evaluate(pipeline, dot));
    if (pipeline.variables.empty()) RETURN_IF_ERROR(Append(value.is_nil() ? std::string(kNoValue) : value.ToString()));
    return Flow::kNext;
  }

  Result<Flow> IfOrWith(const Statement& statement, const Value& dot) {
    const size_t before = variables_.size();
    const Value value = TRY(Evaluate(statement.pipeline, dot));
    const bool is_with = statement.kind == Statement::Kind::kWith;
    const Flow flow = value.Truth() ? TRY(RunAll(statement.body, is_with ? value : dot)) : TRY(RunAll(statement.otherwise, dot));
    variables_.resize(before);
    return flow;
  }

  Result<Flow> Range(const Statement& statement, const Value& dot) {
    const size_t before = variables_.size();
    const Value value = TRY(EvaluateCommands(statement.pipeline, dot));
    const auto run = [&](const Value& key, const Value& item) -> Result<bool> {
      RETURN_IF_ERROR(BindRange(statement.pipeline, key, item));
      const Flow flow = TRY(RunAll(statement.body, item));
      variables_.resize(before);
      return flow != Flow::kBreak;
    };
    bool any = true;
    switch (value.kind()) {
      case Value::Kind::kList: any = TRY(RangeList(value.as_list(), run)); break;
      case Value::Kind::kMap: any = TRY(RangeMap(value.as_map(), run)); break;
      case Value::Kind::kInt: any = TRY(RangeCount(value.as_int(), run)); break;
      case Value::Kind::kNil: any = false; break;
      default: return Error(statement.pipeline.commands.front(), StrCat("range can't iterate over ", value.ToString()));
    }
    if (!any) return RunAll(statement.otherwise, dot);
    return Flow::kNext;
  }

  // Each returns whether there was anything to walk.
  template <typename Visit>
  static Result<bool> RangeList(const List& list, Visit run) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (!TRY(run(Value(static_cast<int64_t>(i)), list[i]))) break;
    }
    return !list.empty();
  }
  template <typename Visit>
  static Result<bool> RangeMap(const Map& map, Visit run) {
    for (const auto& [key, item] : map.entries) {
      if (!TRY(run(Value(key), item))) break;
    }
    return !map.entries.empty();
  }
  template <typename Visit>
  static Result<bool> RangeCount(int64_t count, Visit run) {
    for (int64_t i = 0; i < count; ++i) {
      if (!TRY(run(Value(i), Value(i)))) break;
    }
    return count > 0;
  }

  // One variable takes the item; of two the first takes the key.
  Status BindRange(const Pipeline& pipeline, const Value& key, const Value& item) {
    if (pipeline.variables.empty()) return OkStatus();
    if (pipeline.variables.size() == 2) Bind(pipeline, pipeline.variables[0], key);
    Bind(pipeline, pipeline.variables.back(), item);
    return OkStatus();
  }

  Result<Flow> Call(const Statement& statement, const Value& dot) {
    const auto defined = program_.tree->defined.find(statement.text);
    if (defined == program_.tree->defined.end()) {
      return ErrorAt(statement.offset, StrCat("{{template ", GoQuote(statement.text), "}}"),
                     StrCat("template ", GoQuote(statement.text), " not defined"));
    }
    if (++calls_ > kTemplateCallsMax) return ResourceExhaustedError("templates call each other too deeply");
    const Value argument = statement.pipeline.commands.empty() ? Value() : TRY(Evaluate(statement.pipeline, dot));
    auto caller_variables = std::exchange(variables_, {{"$", argument}});
    RETURN_IF_ERROR(RunAll(defined->second, argument).status());
    variables_ = std::move(caller_variables);
    --calls_;
    return Flow::kNext;
  }

  Result<Value> Evaluate(const Pipeline& pipeline, const Value& dot) {
    Value value = TRY(EvaluateCommands(pipeline, dot));
    for (const std::string& name : pipeline.variables) Bind(pipeline, name, value);
    return value;
  }

  Result<Value> EvaluateCommands(const Pipeline& pipeline, const Value& dot) {
    Value value;
    bool has_value = false;
    for (const Command& command : pipeline.commands) {
      value = TRY(EvaluateCommand(command, dot, has_value ? &value : nullptr));
      has_value = true;
    }
    return value;
  }

  // `last` is the value of the command before; it becomes the last argument.
  Result<Value> EvaluateCommand(const Command& command, const Value& dot, const Value* last) {
    const Operand& first = command.operands.front();
    if (first.kind == Operand::Kind::kFunction) return CallFunction(command, dot, last);
    if (command.operands.size() > 1 || last != nullptr) {
      return ErrorAt(first.offset, first.source, StrCat("can't give argument to non-function ", first.source));
    }
    if (first.kind == Operand::Kind::kConstant && first.constant.is_nil()) {
      return ErrorAt(first.offset, first.source, "nil is not a command");
    }
    return EvaluateOperand(first, dot);
  }

  Result<Value> CallFunction(const Command& command, const Value& dot, const Value* last) {
    const Operand& first = command.operands.front();
    if (first.name == "and" || first.name == "or") return AndOr(command, dot, last);
    std::vector<Value> args;
    for (size_t i = 1; i < command.operands.size(); ++i) args.push_back(TRY(EvaluateOperand(command.operands[i], dot)));
    if (last != nullptr) args.push_back(*last);
    return Select(TRY(Invoke(command, first, args)), first);
  }

  // The first argument that decides; the others are not evaluated.
  Result<Value> AndOr(const Command& command, const Value& dot, const Value* last) {
    const bool stops_at = command.operands.front().name == "or";
    if (command.operands.size() == 1 && last == nullptr) {
      return Error(command, StrCat("wrong number of args for ", command.operands.front().name, ": want at least 1 got 0"));
    }
    Value value;
    for (size_t i = 1; i < command.operands.size(); ++i) {
      value = TRY(EvaluateOperand(command.operands[i], dot));
      if (value.Truth() == stops_at) return value;
    }
    return last != nullptr ? *last : value;
  }

  Result<Value> Invoke(const Command& command, const Operand& function_name, const std::vector<Value>& args) {
    auto function = program_.functions->find(function_name.name);
    if (function == program_.functions->end()) function = Builtins().find(function_name.name);
    const Function& callee = function->second;
    if (args.size() < callee.args_min || args.size() > callee.args_max) {
      const bool variadic = callee.args_max == Function::kAnyNumber;
      return ErrorAt(function_name.offset, function_name.source,
                     StrCat("wrong number of args for ", function_name.name, ": want ", variadic ? "at least " : "", callee.args_min,
                            " got ", args.size()));
    }
    auto value = callee.call(args);
    if (!value.ok()) return Error(command, StrCat("error calling ", function_name.name, ": ", value.status().message()));
    return value;
  }

  Result<Value> EvaluateOperand(const Operand& operand, const Value& dot) {
    switch (operand.kind) {
      case Operand::Kind::kConstant: return operand.constant;
      case Operand::Kind::kDot: return Select(dot, operand);
      case Operand::Kind::kVariable: return Select(*Find(operand.name), operand);
      case Operand::Kind::kPipeline: return Select(TRY(Evaluate(*operand.pipeline, dot)), operand);
      case Operand::Kind::kFunction: {
        Command alone{.offset = operand.offset, .source = operand.source};
        if (operand.name == "and" || operand.name == "or") {
          return Error(alone, StrCat("wrong number of args for ", operand.name, ": want at least 1 got 0"));
        }
        return Select(TRY(Invoke(alone, operand, {})), operand);
      }
    }
    return Value();
  }

  Result<Value> Select(Value value, const Operand& operand) {
    for (const FieldName& field : operand.fields) {
      auto member = value.Field(field.name);
      if (!member.ok()) return ErrorAt(field.offset, operand.source, member.status().message());
      value = std::move(*member);
    }
    return value;
  }

  // REQUIRES: the parser has seen the declaration.
  Value* Find(const std::string& name) {
    for (auto variable = variables_.rbegin(); variable != variables_.rend(); ++variable) {
      if (variable->first == name) return &variable->second;
    }
    CHECK(false);
    return nullptr;
  }

  void Bind(const Pipeline& pipeline, const std::string& name, Value value) {
    if (pipeline.assigns) {
      *Find(name) = std::move(value);
    } else {
      variables_.emplace_back(name, std::move(value));
    }
  }

  Status Append(std::string_view text) {
    if (out_.size() + text.size() > kOutputBytesMax) return ResourceExhaustedError("text of the template is too long");
    out_.append(text);
    return OkStatus();
  }

  Status Error(const Command& command, std::string_view message) const { return ErrorAt(command.offset, command.source, message); }
  Status ErrorAt(size_t offset, std::string_view source, std::string_view message) const {
    const size_t line_start = program_.text.rfind('\n', offset == 0 ? 0 : offset - 1);
    const size_t column = line_start == std::string_view::npos || offset == 0 ? offset : offset - line_start - 1;
    return FailedPreconditionError(StrCat("template: ", program_.name, ":", LineOf(program_.text, offset), ":", column,
                                          ": executing ", GoQuote(program_.name), " at <", Shortened(source), ">: ", message));
  }
  static std::string Shortened(std::string_view source) {
    constexpr size_t kShownMax = 20;
    return source.size() > kShownMax ? StrCat(source.substr(0, kShownMax), "...") : std::string(source);
  }

  const Context& ctx_;
  const Program& program_;
  std::string out_;
  std::vector<std::pair<std::string, Value>> variables_;
  size_t executed_ = 0;
  size_t calls_ = 0;
};

}  // namespace

Result<std::string> Execute(const Context& ctx, const Program& program, const Value& data) { return Executor(ctx, program).Run(data); }

}  // namespace epi::gotemplate
