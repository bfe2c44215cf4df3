// Checks the types of a parsed expression, and what else can only be seen on the whole tree.
//
// Besides checking it completes the tree: set operators become many-to-many, binary operations with a scalar lose their
// vector matching, and the second argument of info() may match everything.
#pragma once

#include <string_view>

#include "common/promql/ast.h"
#include "common/promql/parse.h"

namespace epi::promql {

// Appends the faults to `errors`, children before parents.
void CheckTypes(std::string_view query, Expr* expr, ParseErrors* errors);

}  // namespace epi::promql
