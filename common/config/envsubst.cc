#include "common/config/envsubst.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "common/base/str_cat.h"

namespace epi::config {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Name of a "$(NAME)" that `text` starts with; empty when there is none.
std::string_view VariableAt(std::string_view text) {
  if (!text.starts_with("$(")) return {};
  size_t end = 2;
  while (end < text.size() && IsNameCharacter(text[end])) ++end;
  if (end == text.size() || text[end] != ')') return {};
  return text.substr(2, end - 2);
}

}  // namespace

Result<std::string> ExpandVariables(std::string_view text,
                                    const std::function<std::optional<std::string>(const std::string&)>& lookup) {
  std::string out;
  std::set<std::string> missing;
  while (!text.empty()) {
    const size_t dollar = std::min(text.find('$'), text.size());
    out.append(text.substr(0, dollar));
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const std::string name(VariableAt(text));
    if (name.empty()) {
      out.push_back('$');
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(name.size() + 3);
    if (const std::optional<std::string> value = lookup(name); value.has_value()) {
      out.append(*value);
    } else {
      missing.insert(name);
    }
  }
  if (missing.empty()) return out;
  std::string names;
  for (const std::string& name : missing) StrAppend(&names, names.empty() ? "" : ", ", name);
  return NotFoundError(StrCat("environment variable not set: ", names));
}

Result<std::string> ExpandEnvironment(std::string_view text) {
  return ExpandVariables(text, [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  });
}

}  // namespace epi::config
