// topk and bottomk. Per group and step a heap of the best k series; a column is let go once it is in no heap any more.
#include <algorithm>
#include <cmath>

#include "common/promql/operators/aggregate.h"
#include "common/promql/operators/grouping.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

struct Entry {
  double value = 0;
  uint32_t series = 0;
};

// The k best entries as a binary heap with the worst in front; NaN is worse than any number. Which of equal entries stay depends on
// how such a heap is kept, and Prometheus keeps it like this.
class BestHeap {
 public:
  explicit BestHeap(bool largest) : largest_(largest) {}

  // Takes its place in front?
  bool Replaces(const Entry& entry, const Entry& front) const {
    return Beyond(front.value, entry.value) || (std::isnan(front.value) && !std::isnan(entry.value));
  }
  void Push(const Entry& entry, std::vector<Entry>* heap) const {
    heap->push_back(entry);
    for (size_t child = heap->size() - 1; child > 0;) {
      const size_t parent = (child - 1) / 2;
      if (!Worse((*heap)[child], (*heap)[parent])) return;
      std::swap((*heap)[child], (*heap)[parent]);
      child = parent;
    }
  }
  void ReplaceFront(const Entry& entry, std::vector<Entry>* heap) const {
    heap->front() = entry;
    for (size_t parent = 0; 2 * parent + 1 < heap->size();) {
      size_t child = 2 * parent + 1;
      if (child + 1 < heap->size() && Worse((*heap)[child + 1], (*heap)[child])) ++child;
      if (!Worse((*heap)[child], (*heap)[parent])) return;
      std::swap((*heap)[child], (*heap)[parent]);
      parent = child;
    }
  }
  // Best first.
  void Sort(std::vector<Entry>* heap) const {
    std::stable_sort(heap->begin(), heap->end(), [this](const Entry& a, const Entry& b) {
      if (std::isnan(a.value) || std::isnan(b.value)) return std::isnan(b.value) && !std::isnan(a.value);
      return Beyond(b.value, a.value);
    });
  }

 private:
  bool Beyond(double a, double b) const { return largest_ ? a < b : a > b; }
  bool Worse(const Entry& a, const Entry& b) const { return std::isnan(a.value) || Beyond(a.value, b.value); }

  const bool largest_;
};

class TopK {
 public:
  TopK(const Grouping& grouping, std::vector<size_t> ks, bool largest)
      : grouping_(grouping), ks_(std::move(ks)), order_(largest), heaps_(grouping.groups.size() * ks_.size()),
        columns_(grouping.group_of.size()), uses_(grouping.group_of.size()) {}

  void Add(size_t series, Column* column) {
    const size_t first = grouping_.group_of[series] * ks_.size();
    column->valid.ForEach([&](size_t step) {
      Offer(&heaps_[first + step], ks_[step], {column->values[step], static_cast<uint32_t>(series)});
    });
    if (uses_[series] > 0) columns_[series] = std::move(*column);
  }

  // The columns with only the winning steps, and the order of series: as they are, or (one step) by group and merit.
  VectorOperatorPtr Finish(const StepGrid& grid, const std::vector<SeriesMeta>& series) {
    std::vector<uint32_t> order;
    if (ks_.size() == 1) {
      for (std::vector<Entry>& heap : heaps_) {
        order_.Sort(&heap);
        for (const Entry& entry : heap) order.push_back(entry.series);
      }
    } else {
      for (uint32_t i = 0; i < series.size(); ++i) {
        if (uses_[i] > 0) order.push_back(i);
      }
    }
    std::vector<StepBits> keep(series.size());
    for (const uint32_t i : order) keep[i].Reset(ks_.size());
    for (size_t cell = 0; cell < heaps_.size(); ++cell) {
      for (const Entry& entry : heaps_[cell]) keep[entry.series].Set(cell % ks_.size());
    }
    std::vector<SeriesMeta> metas;
    std::vector<Column> columns;
    for (const uint32_t i : order) {
      metas.push_back(series[i]);
      columns.push_back(std::move(columns_[i]));
      columns.back().Mask(keep[i]);
    }
    return std::make_unique<MaterializedOperator>(grid, std::move(metas), std::move(columns));
  }

 private:
  // The heap's front is the worst of the best.
  void Offer(std::vector<Entry>* heap, size_t k, const Entry& entry) {
    if (k == 0) return;
    if (heap->size() < k) {
      order_.Push(entry, heap);
    } else {
      if (!order_.Replaces(entry, heap->front())) return;
      const uint32_t loser = heap->front().series;
      if (--uses_[loser] == 0 && loser != entry.series) columns_[loser] = Column();
      order_.ReplaceFront(entry, heap);
    }
    ++uses_[entry.series];
  }

  const Grouping& grouping_;
  const std::vector<size_t> ks_;  // Per step.
  const BestHeap order_;
  std::vector<std::vector<Entry>> heaps_;  // [group][step]
  std::vector<Column> columns_;            // Per series; empty when it won nowhere.
  std::vector<uint32_t> uses_;             // Heaps it is in.
};

// Is there a histogram at a step that wants any elements at all?
bool AnyHistogramWanted(const Column& column, const std::vector<size_t>& ks) {
  for (size_t step = 0; step < ks.size(); ++step) {
    if (ks[step] > 0 && column.HistogramAt(step) != nullptr) return true;
  }
  return false;
}

}  // namespace

Result<VectorOperatorPtr> AggregateTopK(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const std::vector<size_t> ks = TRY(EvaluateK(query, aggregate, input->grid()));
  const Grouping grouping = GroupSeries(input->series(), aggregate);
  const size_t steps = input->grid().steps();
  const size_t k_max = ks.empty() ? 0 : *std::max_element(ks.begin(), ks.end());
  const uint64_t winners = std::min(k_max, input->series().size()) * grouping.groups.size();
  RETURN_IF_ERROR(query->Charge(grouping.groups.size() * steps * sizeof(std::vector<Entry>) +
                                    winners * steps * sizeof(Entry) +
                                    std::min<uint64_t>(winners, input->series().size()) * Column::BytesFor(steps),
                                OpText(aggregate.op)));
  TopK top(grouping, ks, aggregate.op == AggregateOp::kTopK);
  const Annotator annotator(query->annotations());
  Once told;
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), [&](size_t index, Column* column) {
    if (column->has_histograms()) {
      if (AnyHistogramWanted(*column, ks) && told.First()) {
        annotator.Add(HistogramIgnoredInAggregationInfo(OpText(aggregate.op), aggregate.position));
      }
      column->DropHistograms();
    }
    top.Add(index, column);
    return OkStatus();
  }));
  return top.Finish(input->grid(), input->series());
}

}  // namespace epi::promql
