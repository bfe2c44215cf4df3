// Cuts a template into text and the tokens of its actions.
//
//   a {{- if .x }} b {{end}}   →   text "a", open, word "if", field "x", close, text " b ", open, word "end", close
//
// Contract: "{{- " and " -}}" have trimmed the text beside them; comments are gone.
// Errors:   InvalidArgument "line: message".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace epi::gotemplate {

enum class TokenKind : uint8_t {
  kText,
  kOpen,        // {{
  kClose,       // }}
  kWord,        // if, printf
  kField,       // .name, without the dot
  kVariable,    // $name, with the dollar
  kDot,         // .
  kNumber,
  kCharacter,   // 'x', quotes and all
  kString,      // "…" or `…`, quotes and all
  kDeclare,     // :=
  kAssign,      // =
  kPipe,
  kComma,
  kLeftParen,
  kRightParen,
  kSpace,
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  size_t offset = 0;  // Of its first byte in the template.
};

Result<std::vector<Token>> Tokenize(std::string_view text);

// 1-based line of an offset.
int LineOf(std::string_view text, size_t offset);

}  // namespace epi::gotemplate
