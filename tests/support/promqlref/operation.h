// A binary operator applied to two samples.
#pragma once

#include <optional>

#include "common/promql/annotations.h"
#include "common/promql/ast.h"
#include "tests/support/promqlref/values.h"

namespace epi::promqlref {

struct Outcome {
  bool defined = false;  // Else there is no result at all.
  bool keep = false;     // Of a comparison: it holds.
  Sample sample;
  std::optional<promql::Annotation> annotation;
};

Outcome Operate(const promql::BinaryExpr& binary, const Sample& lhs, const Sample& rhs);

}  // namespace epi::promqlref
