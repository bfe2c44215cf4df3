// topk, bottomk, limitk and limit_ratio.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "tests/support/promqlref/aggregations.h"

namespace epi::promqlref {
namespace {

using promql::AggregateExpr;
using promql::AggregateOp;

// The k best so far, as a binary heap with the worst in front. Which of equal elements stay depends on how the heap is kept, so it
// is kept as Go's container/heap does.
class Best {
 public:
  Best(size_t k, bool largest) : k_(k), largest_(largest) {}

  void Offer(const Element& element) {
    if (heap_.size() < k_) {
      heap_.push_back(element);
      RiseLast();
    } else if (Worse(heap_.front(), element)) {
      heap_.front() = element;
      SinkFirst();
    }
  }

  // Best first.
  Vector Sorted() {
    std::stable_sort(heap_.begin(), heap_.end(), [this](const Element& a, const Element& b) { return Before(b, a); });
    return std::move(heap_);
  }

 private:
  bool Beyond(double a, double b) const { return largest_ ? a < b : a > b; }
  // Order in the heap.
  bool Before(const Element& a, const Element& b) const {
    return std::isnan(a.sample.value) || Beyond(a.sample.value, b.sample.value);
  }
  bool Worse(const Element& a, const Element& b) const {
    return Beyond(a.sample.value, b.sample.value) || (std::isnan(a.sample.value) && !std::isnan(b.sample.value));
  }
  void RiseLast() {
    for (size_t child = heap_.size() - 1; child > 0;) {
      const size_t parent = (child - 1) / 2;
      if (!Before(heap_[child], heap_[parent])) return;
      std::swap(heap_[child], heap_[parent]);
      child = parent;
    }
  }
  void SinkFirst() {
    for (size_t parent = 0; 2 * parent + 1 < heap_.size();) {
      size_t child = 2 * parent + 1;
      if (child + 1 < heap_.size() && Before(heap_[child + 1], heap_[child])) ++child;
      if (!Before(heap_[child], heap_[parent])) return;
      std::swap(heap_[child], heap_[parent]);
      parent = child;
    }
  }

  const size_t k_;
  const bool largest_;
  Vector heap_;
};

Status CheckCounts(const ParamBounds& ks) {
  constexpr double kLimit = 9223372036854775808.0;
  if (ks.any_nan) return FailedPreconditionError("Parameter value is NaN");
  if (ks.min <= -kLimit) return FailedPreconditionError(StrCat("Scalar value ", FormatFloatG(ks.min), " underflows int64"));
  if (ks.max >= kLimit) return FailedPreconditionError(StrCat("Scalar value ", FormatFloatG(ks.max), " overflows int64"));
  return OkStatus();
}

Vector TopOf(Evaluation* evaluation, const AggregateExpr& aggregate, const Group& group, size_t k) {
  Best best(k, aggregate.op == AggregateOp::kTopK);
  for (const Element& element : group.elements) {
    if (element.sample.is_histogram()) {
      evaluation->Annotate(promql::HistogramIgnoredInAggregationInfo(OpText(aggregate.op), aggregate.position));
    } else {
      best.Offer(element);
    }
  }
  return best.Sorted();
}

Vector SampleOf(const Group& group, double ratio) {
  Vector chosen;
  for (const Element& element : group.elements) {
    const double place = static_cast<double>(element.labels.Hash()) / 18446744073709551616.0;
    if (ratio >= 0 ? place < ratio : place >= 1 + ratio) chosen.push_back(element);
  }
  return chosen;
}

Vector FirstOf(const Group& group, size_t k) {
  return {group.elements.begin(), group.elements.begin() + static_cast<std::ptrdiff_t>(std::min(k, group.elements.size()))};
}

// The chosen elements in the order in which they came.
Vector AsTheyCame(const Vector& all, const Vector& chosen) {
  std::set<Labels> labels;
  for (const Element& element : chosen) labels.insert(element.labels);
  Vector result;
  for (const Element& element : all) {
    if (labels.contains(element.labels)) result.push_back(element);
  }
  return result;
}

}  // namespace

Result<Steps> Select(Evaluation* evaluation, const Selection& selection) {
  const auto& [aggregate, params, groups, steps, one_time] = selection;
  const ParamBounds bounds = BoundsOf(params);
  const bool ratio = aggregate.op == AggregateOp::kLimitRatio;
  Steps results(groups.size());
  if (!ratio) {
    if (bounds.max < 1) return results;
    RETURN_IF_ERROR(CheckCounts(bounds));
  } else {
    if (bounds.any_nan) return FailedPreconditionError("Ratio value is NaN");
    const promql::PositionRange position = PositionOf(*aggregate.param);
    if (bounds.max > 1) evaluation->Annotate(promql::InvalidRatioWarning(bounds.max, 1, position));
    if (bounds.min < -1) evaluation->Annotate(promql::InvalidRatioWarning(bounds.min, -1, position));
  }
  for (size_t step = 0; step < groups.size(); ++step) {
    for (const Group& group : groups[step]) {
      Vector chosen;
      if (ratio) {
        chosen = SampleOf(group, std::clamp(params[step], -1.0, 1.0));
      } else if (params[step] >= 1) {
        const auto k = static_cast<size_t>(std::min(params[step], 1e9));
        chosen = aggregate.op == AggregateOp::kLimitK ? FirstOf(group, k) : TopOf(evaluation, aggregate, group, k);
      }
      results[step].insert(results[step].end(), chosen.begin(), chosen.end());
    }
    const bool by_merit = one_time && (aggregate.op == AggregateOp::kTopK || aggregate.op == AggregateOp::kBottomK);
    if (!by_merit) results[step] = AsTheyCame(steps[step], results[step]);
  }
  if (groups.size() > 1) RETURN_IF_ERROR(evaluation->Settle(&results));
  return results;
}

}  // namespace epi::promqlref
