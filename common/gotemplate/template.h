// A Go text/template.
//
//   const Template text = TRY(Template::Parse("greeting", "Hello {{ .name | title }}!", functions));
//   const std::string out = TRY(text.Execute(ctx, data));
//
// Threads:  immutable; Execute() may be called from any thread, if the functions may.
// Owns:     its tree and a copy of the functions.
// Errors:   InvalidArgument   the text does not parse: "template: name:line: message"
//           FailedPrecondition  execution failed: "template: name:line:column: executing "name" at <.x>: message"
//           Cancelled, DeadlineExceeded  the context's
// Limits:   kOutputBytesMax; statements executed, kStatementsMax.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/gotemplate/functions.h"
#include "common/gotemplate/value.h"

namespace epi::gotemplate {

inline constexpr size_t kOutputBytesMax = 1 << 20;
inline constexpr size_t kStatementsMax = 1'000'000;

struct Tree;

class Template {
 public:
  static Result<Template> Parse(std::string name, std::string text, Functions functions = {});

  Result<std::string> Execute(const Context& ctx, const Value& data) const;

 private:
  struct Parts;
  explicit Template(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
  std::shared_ptr<const Parts> parts_;
};

}  // namespace epi::gotemplate
