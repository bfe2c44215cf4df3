// The tree of a template.
//
//   Template    statements: text, {{pipeline}}, if, range, with, break, continue, template
//   Pipeline    $a, $b := command | command | command
//   Command     operand operand operand            the first may be a function
//   Operand     1  "x"  .Field.Field  $var.Field  (pipeline).Field  name
//
// Threads:  immutable once parsed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/gotemplate/value.h"

namespace epi::gotemplate {

struct Pipeline;

// One .name of .name.name.
struct FieldName {
  std::string name;
  size_t offset = 0;
};

struct Operand {
  enum class Kind : uint8_t { kConstant, kDot, kVariable, kFunction, kPipeline };
  Kind kind = Kind::kConstant;
  Value constant;
  std::string name;  // Of a variable ("$x") or function.
  std::unique_ptr<Pipeline> pipeline;
  std::vector<FieldName> fields;  // Looked up one in the other.
  size_t offset = 0;
  std::string source;  // As written, for errors.
};

struct Command {
  std::vector<Operand> operands;  // At least one.
  size_t offset = 0;
  std::string source;
};

struct Pipeline {
  std::vector<std::string> variables;  // Declared or assigned; at most two, and two only for range.
  bool assigns = false;                // = instead of :=.
  std::vector<Command> commands;
};

struct Statement {
  enum class Kind : uint8_t { kText, kPipeline, kIf, kRange, kWith, kBreak, kContinue, kTemplate };
  Kind kind = Kind::kText;
  std::string text;  // Of kText; the name for kTemplate.
  Pipeline pipeline;
  std::vector<Statement> body;
  std::vector<Statement> otherwise;
  size_t offset = 0;
};

struct Tree {
  std::vector<Statement> body;
  std::map<std::string, std::vector<Statement>> defined;  // {{define "name"}}
};

}  // namespace epi::gotemplate
