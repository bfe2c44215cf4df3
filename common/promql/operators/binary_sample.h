// A binary operator on two samples, each a float or a native histogram.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/annotation_sink.h"
#include "common/promql/operators/column.h"

namespace epi::promql {

struct BinaryOperand {
  double value = 0;
  const HistogramPtr* histogram = nullptr;  // Null: a float.

  static BinaryOperand At(const Column& column, size_t step) { return {column.values[step], column.HistogramAt(step)}; }
};

struct BinaryOutcome {
  bool defined = false;  // The operator is defined for these types; else an annotation has been added.
  bool keep = false;     // A comparison holds; always so for other operators.
  double value = 0;
  HistogramPtr histogram;
};

class BinarySampleOp {
 public:
  BinarySampleOp(const BinaryExpr& binary, const Annotator* annotator) : binary_(binary), annotator_(annotator) {}

  // The value of a comparison that holds is the left operand's.
  BinaryOutcome Apply(const BinaryOperand& lhs, const BinaryOperand& rhs) const;

  // Writes the result at `step`, as the modifiers (bool) have it, or clears the step.
  void Store(const BinaryOutcome& outcome, size_t step, Column* out) const;

 private:
  BinaryOutcome Histograms(const series::FloatHistogram& lhs, const HistogramPtr& lhs_ptr, const series::FloatHistogram& rhs) const;
  BinaryOutcome HistogramFloat(const HistogramPtr& lhs, double rhs) const;
  BinaryOutcome FloatHistogram(double lhs, const HistogramPtr& rhs) const;
  BinaryOutcome Undefined(std::string_view lhs, std::string_view rhs) const;

  const BinaryExpr& binary_;
  const Annotator* const annotator_;
};

}  // namespace epi::promql
