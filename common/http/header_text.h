// The small grammar of header fields: tokens, optional white space, lists, case-insensitive words.
#pragma once

#include <string>
#include <string_view>

namespace epi::http {

// RFC 9110 token: one or more visible characters without delimiters.
bool IsToken(std::string_view text);
// Without spaces and tabs at both ends.
std::string_view TrimSpace(std::string_view text);
// ASCII only, as header names and tokens are.
std::string ToLower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
// Whether a comma-separated list has the word, whatever its case.
bool ListContains(std::string_view list, std::string_view word);

}  // namespace epi::http
