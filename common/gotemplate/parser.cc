#include "common/gotemplate/parser.h"

#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/gotemplate/lexer.h"

namespace epi::gotemplate {
namespace {

// 12, -3, 0x1f, 1_000: an int; 1.5, 1e3: a float.
std::optional<Value> NumberValue(std::string text) {
  std::erase(text, '_');
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  for (const auto& [prefix, prefix_base] : {std::pair{"0x", 16}, {"0X", 16}, {"0b", 2}, {"0B", 2}, {"0o", 8}, {"0O", 8}}) {
    if (digits.starts_with(prefix)) {
      base = prefix_base;
      digits.remove_prefix(2);
      break;
    }
  }
  const char* const end = digits.data() + digits.size();
  int64_t whole = 0;
  if (const auto [stop, error] = std::from_chars(digits.data(), end, whole, base); error == std::errc() && stop == end) {
    return Value(negative ? -whole : whole);
  }
  double number = 0;
  const auto format = base == 16 ? std::chars_format::hex : std::chars_format::general;
  if (const auto [stop, error] = std::from_chars(digits.data(), end, number, format); error == std::errc() && stop == end) {
    return Value(negative ? -number : number);
  }
  return std::nullopt;
}

constexpr std::string_view kParentheses = "parenthesized pipeline";

class Parser {
 public:
  Parser(std::string_view name, std::string_view text, std::vector<Token> tokens, const Functions& functions)
      : name_(name), text_(text), tokens_(std::move(tokens)), functions_(functions) {}

  Result<Tree> Run() {
    tree_.body = TRY(Statements());
    if (!stop_.empty()) return Error(StrCat("unexpected {{", stop_, "}}"));
    return std::move(tree_);
  }

 private:
  // Up to the word of {{end}} or {{else …}}, which is then in stop_, or to the end of the text.
  Result<std::vector<Statement>> Statements() {
    std::vector<Statement> statements;
    while (Peek().kind != TokenKind::kEnd) {
      const Token token = Take();
      if (token.kind == TokenKind::kText) {
        Statement text{.kind = Statement::Kind::kText, .text = token.text, .offset = token.offset};
        statements.push_back(std::move(text));
        continue;
      }
      SkipSpace();
      if (Peek().kind == TokenKind::kWord && (Peek().text == "end" || Peek().text == "else")) {
        stop_ = Take().text;
        return statements;
      }
      RETURN_IF_ERROR(ActionStatement(token.offset, &statements));
    }
    stop_.clear();
    return statements;
  }

  Status ActionStatement(size_t offset, std::vector<Statement>* statements) {
    const std::string word = Peek().kind == TokenKind::kWord ? Peek().text : "";
    if (word == "if" || word == "with" || word == "range") {
      Take();
      const auto kind = word == "if" ? Statement::Kind::kIf : word == "with" ? Statement::Kind::kWith : Statement::Kind::kRange;
      statements->push_back(TRY(Block(kind, word, offset)));
      return OkStatus();
    }
    if (word == "define" || word == "block") return Definition(word, offset, statements);
    if (word == "template") return TemplateCall(offset, statements);
    if (word == "break" || word == "continue") {
      Take();
      if (range_depth_ == 0) return Error(StrCat("{{", word, "}} outside {{range}}"));
      const auto kind = word == "break" ? Statement::Kind::kBreak : Statement::Kind::kContinue;
      statements->push_back({.kind = kind, .offset = offset});
      return ExpectClose(word);
    }
    Statement statement{.kind = Statement::Kind::kPipeline, .offset = offset};
    statement.pipeline = TRY(ParsePipeline("command", TokenKind::kClose));
    statements->push_back(std::move(statement));
    return OkStatus();
  }

  Result<Statement> Block(Statement::Kind kind, std::string_view word, size_t offset) {
    RETURN_IF_ERROR(Enter());
    const size_t variables_before = variables_.size();
    Statement block{.kind = kind, .offset = offset};
    block.pipeline = TRY(ParsePipeline(word, TokenKind::kClose));
    if (kind == Statement::Kind::kRange) ++range_depth_;
    block.body = TRY(Statements());
    if (kind == Statement::Kind::kRange) --range_depth_;
    if (stop_ == "else") {
      RETURN_IF_ERROR(Otherwise(&block, word));
    } else {
      RETURN_IF_ERROR(ExpectEnd());
    }
    variables_.resize(variables_before);
    --depth_;
    return block;
  }

  // {{else}} … {{end}}; or {{else if …}}, a block of its own that has its {{end}} in common with this one.
  Status Otherwise(Statement* block, std::string_view word) {
    SkipSpace();
    if (Peek().kind == TokenKind::kWord && Peek().text == word && block->kind != Statement::Kind::kRange) {
      const size_t offset = Take().offset;
      block->otherwise.push_back(TRY(Block(block->kind, word, offset)));
      return OkStatus();
    }
    RETURN_IF_ERROR(ExpectClose("else"));
    block->otherwise = TRY(Statements());
    return ExpectEnd();
  }

  Status ExpectEnd() {
    if (stop_.empty()) return Error("unexpected EOF");
    if (stop_ != "end") return Error(StrCat("expected end; found {{", stop_, "}}"));
    return ExpectClose("end");
  }

  Status Definition(std::string_view word, size_t offset, std::vector<Statement>* statements) {
    RETURN_IF_ERROR(Enter());
    Take();
    const std::string name = TRY(QuotedName(word));
    Statement call{.kind = Statement::Kind::kTemplate, .text = name, .offset = offset};
    if (word == "block") {
      call.pipeline = TRY(ParsePipeline(word, TokenKind::kClose));
    } else {
      RETURN_IF_ERROR(ExpectClose(word));
    }
    const std::vector<std::string> variables = std::exchange(variables_, {"$"});
    tree_.defined[name] = TRY(Statements());
    variables_ = variables;
    RETURN_IF_ERROR(ExpectEnd());
    if (word == "block") statements->push_back(std::move(call));
    --depth_;
    return OkStatus();
  }

  Status TemplateCall(size_t offset, std::vector<Statement>* statements) {
    Take();
    Statement call{.kind = Statement::Kind::kTemplate, .text = TRY(QuotedName("template")), .offset = offset};
    SkipSpace();
    if (Peek().kind == TokenKind::kClose) {
      Take();
    } else {
      call.pipeline = TRY(ParsePipeline("template clause", TokenKind::kClose));
    }
    statements->push_back(std::move(call));
    return OkStatus();
  }

  Result<std::string> QuotedName(std::string_view context) {
    SkipSpace();
    if (Peek().kind != TokenKind::kString) return Unexpected(context);
    return Unquote(Take().text);
  }

  Result<Pipeline> ParsePipeline(std::string_view context, TokenKind end) {
    Pipeline pipeline;
    RETURN_IF_ERROR(Declaration(context, &pipeline));
    while (true) {
      SkipSpace();
      if (Peek().kind == end) {
        if (pipeline.commands.empty()) return Error(StrCat("missing value for ", context));
        Take();
        break;
      }
      pipeline.commands.push_back(TRY(ParseCommand(context)));
      SkipSpace();
      if (Peek().kind == TokenKind::kPipe) {
        Take();
      } else if (Peek().kind != end) {
        return Unexpected(context);
      }
    }
    RETURN_IF_ERROR(CheckPipeline(pipeline));
    if (!pipeline.assigns) variables_.insert(variables_.end(), pipeline.variables.begin(), pipeline.variables.end());
    return pipeline;
  }

  // $x := , $x = , and in range $i, $x := .
  Status Declaration(std::string_view context, Pipeline* pipeline) {
    SkipSpace();
    const size_t start = next_;
    std::vector<std::string> names;
    while (Peek().kind == TokenKind::kVariable) {
      names.push_back(Take().text);
      SkipSpace();
      if (Peek().kind == TokenKind::kComma && context == "range" && names.size() < 2) {
        Take();
        SkipSpace();
        continue;
      }
      break;
    }
    const TokenKind kind = Peek().kind;
    if (names.empty() || (kind != TokenKind::kDeclare && kind != TokenKind::kAssign)) {
      next_ = start;
      return OkStatus();
    }
    Take();
    pipeline->assigns = kind == TokenKind::kAssign;
    if (pipeline->assigns) {
      for (const std::string& name : names) RETURN_IF_ERROR(CheckVariable(name));
    }
    pipeline->variables = std::move(names);
    return OkStatus();
  }

  // Only the first command may be a value; what follows is called with the value before it.
  Status CheckPipeline(const Pipeline& pipeline) const {
    for (size_t i = 1; i < pipeline.commands.size(); ++i) {
      const Operand& first = pipeline.commands[i].operands.front();
      if (first.kind == Operand::Kind::kConstant || first.kind == Operand::Kind::kDot) {
        return Error(StrCat("non executable command in pipeline stage ", i + 1));
      }
    }
    return OkStatus();
  }

  Result<Command> ParseCommand(std::string_view context) {
    Command command;
    command.offset = Peek().offset;
    while (true) {
      auto operand = TRY(ParseOperand(context));
      if (!operand.has_value()) break;
      command.operands.push_back(std::move(*operand));
      if (Peek().kind != TokenKind::kSpace) break;
      SkipSpace();
    }
    if (command.operands.empty()) return Unexpected(context);
    command.source = std::string(text_.substr(command.offset, LastEnd() - command.offset));
    return command;
  }

  // Nothing when what comes next is no operand.
  Result<std::optional<Operand>> ParseOperand(std::string_view context) {
    Operand operand;
    operand.offset = Peek().offset;
    switch (Peek().kind) {
      case TokenKind::kNumber:
      case TokenKind::kCharacter:
      case TokenKind::kString: operand.constant = TRY(Constant(Take())); break;
      case TokenKind::kDot:
        Take();
        operand.kind = Operand::Kind::kDot;
        break;
      case TokenKind::kField: operand.kind = Operand::Kind::kDot; break;
      case TokenKind::kVariable:
        operand.kind = Operand::Kind::kVariable;
        operand.name = Take().text;
        RETURN_IF_ERROR(CheckVariable(operand.name));
        break;
      case TokenKind::kWord: RETURN_IF_ERROR(Word(&operand)); break;
      case TokenKind::kLeftParen:
        RETURN_IF_ERROR(Enter());
        Take();
        operand.kind = Operand::Kind::kPipeline;
        operand.pipeline = std::make_unique<Pipeline>(TRY(ParsePipeline(kParentheses, TokenKind::kRightParen)));
        --depth_;
        break;
      default: return std::optional<Operand>();
    }
    while (Peek().kind == TokenKind::kField) {
      operand.fields.push_back({Peek().text, Peek().offset});
      Take();
    }
    if (operand.kind == Operand::Kind::kConstant && !operand.fields.empty()) return Unexpected(context);
    operand.source = std::string(text_.substr(operand.offset, LastEnd() - operand.offset));
    return std::optional<Operand>(std::move(operand));
  }

  // true, false, nil, or a function.
  Status Word(Operand* operand) {
    const std::string word = Take().text;
    if (word == "true" || word == "false") {
      operand->constant = Value(word == "true");
    } else if (word != "nil") {
      if (word != "and" && word != "or" && !Builtins().contains(word) && !functions_.contains(word)) {
        return Error(StrCat("function ", GoQuote(word), " not defined"));
      }
      operand->kind = Operand::Kind::kFunction;
      operand->name = word;
    }
    return OkStatus();
  }

  Result<Value> Constant(const Token& token) const {
    if (token.kind == TokenKind::kNumber) {
      auto number = NumberValue(token.text);
      if (!number.has_value()) return Error(StrCat("bad number syntax: ", GoQuote(token.text)));
      return *number;
    }
    const std::string text = TRY(Unquote(token.text));
    if (token.kind == TokenKind::kString) return Value(text);
    const DecodedRune rune = DecodeRune(text);
    if (rune.size != text.size() || text.empty()) return Error(StrCat("malformed character constant: ", token.text));
    return Value(static_cast<int64_t>(rune.rune));
  }

  Result<std::string> Unquote(const std::string& literal) const {
    auto text = GoUnquote(literal);
    if (!text.ok()) return Error(text.status().message());
    return text;
  }

  Status CheckVariable(const std::string& name) const {
    for (const std::string& known : variables_) {
      if (known == name) return OkStatus();
    }
    return Error(StrCat("undefined variable ", GoQuote(name)));
  }

  Status ExpectClose(std::string_view context) {
    SkipSpace();
    if (Peek().kind != TokenKind::kClose) return Unexpected(context);
    Take();
    return OkStatus();
  }

  Status Enter() {
    if (++depth_ > kNestingMax) return Error("nested too deeply");
    return OkStatus();
  }

  const Token& Peek() const { return tokens_[next_]; }
  Token Take() { return next_ + 1 < tokens_.size() ? tokens_[next_++] : tokens_[next_]; }
  void SkipSpace() {
    while (Peek().kind == TokenKind::kSpace) Take();
  }
  // Where the token before the next one ends.
  size_t LastEnd() const {
    const Token& last = tokens_[next_ - 1];
    return last.offset + last.text.size() + (last.kind == TokenKind::kField ? 1 : 0);
  }
  Status Unexpected(std::string_view context) const {
    if (Peek().kind == TokenKind::kEnd) return Error("unexpected EOF");
    if (Peek().kind == TokenKind::kRightParen) return Error("unexpected right paren");
    if (Peek().kind == TokenKind::kClose && context == kParentheses) return Error("unclosed left paren");
    return Error(StrCat("unexpected ", GoQuote(Peek().text), " in ", context));
  }
  Status Error(std::string_view message) const {
    return InvalidArgumentError(StrCat("template: ", name_, ":", LineOf(text_, Peek().offset), ": ", message));
  }

  const std::string_view name_;
  const std::string_view text_;
  const std::vector<Token> tokens_;
  const Functions& functions_;
  Tree tree_;
  size_t next_ = 0;
  size_t depth_ = 0;
  size_t range_depth_ = 0;
  std::string stop_;
  std::vector<std::string> variables_{"$"};
};

}  // namespace

Result<Tree> Parse(std::string_view name, std::string_view text, const Functions& functions) {
  auto tokens = Tokenize(text);
  if (!tokens.ok()) return InvalidArgumentError(StrCat("template: ", name, ":", tokens.status().message()));
  return Parser(name, text, std::move(*tokens), functions).Run();
}

}  // namespace epi::gotemplate
