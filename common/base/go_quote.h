// Go's string quoting: strconv.Quote (which is %q) and the unquoting of PromQL string literals.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi {

// Appends "text" in double quotes: printable runes as they are; \a \b \f \n \r \t \v \\ \"; else \x7f, \u1234, \U0010ffff;
// ill-formed bytes as \xff.
void AppendGoQuoted(std::string* out, std::string_view text);
std::string GoQuote(std::string_view text);

// Value of a literal with its quotes: "…" and '…' with Go's escapes (plus the other quote's escape only inside that quote
// kind), or `…` raw.
// Errors: InvalidArgument "invalid syntax" as Go says it; also for a newline inside "…" or '…'.
Result<std::string> GoUnquote(std::string_view literal);

}  // namespace epi
