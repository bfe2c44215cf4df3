// Prints an expression as Prometheus does.
//
// Print() is one line and parses back to an equal tree. Prettify() breaks long expressions over lines (format_query).
// ToJson() is the tree that the parse_query API answers with.
#pragma once

#include <string>

#include "common/promql/ast.h"

namespace epi::promql {

std::string Print(const Expr& expr);
std::string Prettify(const Expr& expr, size_t line_bytes_max = 100);
std::string ToJson(const Expr& expr);

}  // namespace epi::promql
