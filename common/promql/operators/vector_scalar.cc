// vector op scalar, scalar op vector.
#include "common/promql/functions/binary_math.h"
#include "common/promql/operators/binary.h"
#include "common/promql/operators/binary_sample.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/float_columns.h"
#include "common/promql/operators/map.h"

namespace epi::promql {
namespace {

class VectorScalar {
 public:
  VectorScalar(QueryState* query, const BinaryExpr& binary, bool swapped, const ScalarColumn& scalar, size_t steps)
      : binary_(binary), swapped_(swapped), annotator_(query->annotations()) {
    const size_t count = scalar.constant() ? 1 : steps;
    scalar_.reserve(count);
    for (size_t step = 0; step < count; ++step) scalar_.push_back(scalar.At(step));
  }

  Status operator()(Column* column) const {
    if (!column->has_histograms() && !IsTrim(binary_.op)) {
      column->DropHistograms();
      if (!scalar_.empty()) ApplyToFloats({binary_.op, binary_.return_bool, swapped_}, scalar_, column);
      return OkStatus();
    }
    const BinarySampleOp op(binary_, &annotator_);
    for (size_t step = 0; step < column->steps(); ++step) {
      if (!column->Present(step)) continue;
      const BinaryOperand vector = BinaryOperand::At(*column, step);
      const BinaryOperand scalar{scalar_[scalar_.size() == 1 ? 0 : step], nullptr};
      BinaryOutcome outcome = swapped_ ? op.Apply(scalar, vector) : op.Apply(vector, scalar);
      // A comparison keeps the vector's value, on whatever side it stands.
      if (swapped_ && IsComparison(binary_.op)) outcome.value = vector.value;
      op.Store(outcome, step, column);
    }
    return OkStatus();
  }

 private:
  const BinaryExpr& binary_;
  const bool swapped_;
  const Annotator annotator_;
  std::vector<double> scalar_;  // One element when constant.
};

}  // namespace

Result<VectorOperatorPtr> BuildVectorScalar(QueryState* query, const BinaryExpr& binary, const StepGrid& grid) {
  const bool swapped = binary.lhs->type() == ValueType::kScalar;
  VectorOperatorPtr vector;
  ScalarColumn scalar(0);
  if (swapped) {
    scalar = TRY(BuildScalar(query, *binary.lhs, grid));
    vector = TRY(BuildVector(query, *binary.rhs, grid));
  } else {
    vector = TRY(BuildVector(query, *binary.lhs, grid));
    scalar = TRY(BuildScalar(query, *binary.rhs, grid));
  }
  auto op = std::make_shared<const VectorScalar>(query, binary, swapped, scalar, grid.steps());
  ColumnMap map = [op](size_t, Column* column) { return (*op)(column); };
  if (IsArithmetic(binary.op) || binary.return_bool) return MapDroppingName(query, std::move(vector), std::move(map));
  std::vector<SeriesMeta> series = vector->series();
  return MapColumns(std::move(vector), std::move(series), std::move(map));
}

}  // namespace epi::promql
