#include "common/promql/operators/binary_sample.h"

#include "common/promql/functions/binary_math.h"
#include "common/promql/operators/histogram_notes.h"
#include "common/series/float_histogram_trim.h"

namespace epi::promql {
namespace {

constexpr std::string_view kFloat = "float";
constexpr std::string_view kHistogram = "histogram";

BinaryOutcome OfHistogram(series::FloatHistogram histogram) {
  series::Compact(&histogram);
  BinaryOutcome outcome{true, true, 0, nullptr};
  outcome.histogram = std::make_shared<const series::FloatHistogram>(std::move(histogram));
  return outcome;
}

}  // namespace

BinaryOutcome BinarySampleOp::Undefined(std::string_view lhs, std::string_view rhs) const {
  annotator_->Add(IncompatibleTypesInBinOpInfo(lhs, OpText(binary_.op), rhs, binary_.position));
  return {};
}

BinaryOutcome BinarySampleOp::Apply(const BinaryOperand& lhs, const BinaryOperand& rhs) const {
  if (lhs.histogram != nullptr && rhs.histogram != nullptr) return Histograms(**lhs.histogram, *lhs.histogram, **rhs.histogram);
  if (lhs.histogram != nullptr) return HistogramFloat(*lhs.histogram, rhs.value);
  if (rhs.histogram != nullptr) return FloatHistogram(lhs.value, *rhs.histogram);
  if (IsTrim(binary_.op)) return Undefined(kFloat, kFloat);
  if (IsComparison(binary_.op)) return {true, Compare(binary_.op, lhs.value, rhs.value), lhs.value, nullptr};
  return {true, true, Arithmetic(binary_.op, lhs.value, rhs.value), nullptr};
}

BinaryOutcome BinarySampleOp::Histograms(const series::FloatHistogram& lhs, const HistogramPtr& lhs_ptr,
                                         const series::FloatHistogram& rhs) const {
  switch (binary_.op) {
    case BinaryOp::kAdd:
    case BinaryOp::kSub: {
      const bool add = binary_.op == BinaryOp::kAdd;
      series::FloatHistogram result = lhs;
      const Result<series::CombineNotes> notes = add ? series::Add(&result, rhs) : series::Subtract(&result, rhs);
      if (!notes.ok()) {
        annotator_->Add(IncompatibleBucketLayoutInBinOpWarning(OpText(binary_.op), binary_.position));
        return {};
      }
      if (!add) result.counter_reset_hint = series::CounterResetHint::kGauge;
      AddNotes(*notes, add ? HistogramOperation::kAddition : HistogramOperation::kSubtraction, binary_.position, annotator_);
      return OfHistogram(std::move(result));
    }
    case BinaryOp::kEqual:
    case BinaryOp::kNotEqual: {
      series::FloatHistogram a = lhs;
      series::FloatHistogram b = rhs;
      series::Compact(&a);
      series::Compact(&b);
      return {true, series::EqualBits(a, b) == (binary_.op == BinaryOp::kEqual), 0, lhs_ptr};
    }
    default:
      return Undefined(kHistogram, kHistogram);
  }
}

BinaryOutcome BinarySampleOp::HistogramFloat(const HistogramPtr& lhs, double rhs) const {
  series::FloatHistogram result = *lhs;
  switch (binary_.op) {
    case BinaryOp::kMul:
      series::Multiply(&result, rhs);
      return OfHistogram(std::move(result));
    case BinaryOp::kDiv:
      series::Divide(&result, rhs);
      return OfHistogram(std::move(result));
    case BinaryOp::kTrimUpper:
      series::Trim(&result, rhs, series::TrimKeep::kBelow);
      return OfHistogram(std::move(result));
    case BinaryOp::kTrimLower:
      series::Trim(&result, rhs, series::TrimKeep::kAbove);
      return OfHistogram(std::move(result));
    default:
      return Undefined(kHistogram, kFloat);
  }
}

BinaryOutcome BinarySampleOp::FloatHistogram(double lhs, const HistogramPtr& rhs) const {
  if (binary_.op != BinaryOp::kMul) return Undefined(kFloat, kHistogram);
  series::FloatHistogram result = *rhs;
  series::Multiply(&result, lhs);
  return OfHistogram(std::move(result));
}

void BinarySampleOp::Store(const BinaryOutcome& outcome, size_t step, Column* out) const {
  if (!outcome.defined || (!outcome.keep && !binary_.return_bool)) {
    out->ClearStep(step);
  } else if (binary_.return_bool) {
    out->ClearStep(step);
    out->SetFloat(step, outcome.keep ? 1 : 0);
  } else if (outcome.histogram != nullptr) {
    out->ClearStep(step);
    out->SetHistogram(step, outcome.histogram);
  } else {
    if (!out->histograms.empty()) out->histograms[step] = nullptr;
    out->SetFloat(step, outcome.value);
  }
}

}  // namespace epi::promql
