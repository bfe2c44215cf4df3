// $(VAR) in configuration files, as Thanos' reloader expands it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::config {

// Replaces every $(NAME), NAME of letters, digits and underscores, by the variable's value. A value is not expanded again.
// Other dollar signs stay.
// Errors: NotFound that names all variables that are not set. The result may hold secrets: write it with mode 0600.
Result<std::string> ExpandEnvironment(std::string_view text);

// With variables from elsewhere; `lookup` gives nullopt for one that is not set.
Result<std::string> ExpandVariables(std::string_view text,
                                    const std::function<std::optional<std::string>(const std::string& name)>& lookup);

}  // namespace epi::config
