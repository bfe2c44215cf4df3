// topk and bottomk. Per group and step a heap of the best k series; a column is let go once it is in no heap any more.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

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

// The best of one group, per step.
struct TopGroup {
  explicit TopGroup(size_t steps) : heaps(steps), worst(steps, std::numeric_limits<double>::quiet_NaN()) {}
  // The front of a heap is the worst of the best.
  std::vector<std::vector<Entry>> heaps;
  // Value of the front where the heap is full, else NaN: most series are turned away by looking at it alone.
  std::vector<double> worst;
};

class TopK {
 public:
  TopK(QueryState* query, const AggregateExpr& aggregate, std::vector<size_t> ks)
      : query_(query), what_(OpText(aggregate.op)), ks_(std::move(ks)), largest_(aggregate.op == AggregateOp::kTopK),
        order_(largest_), grouping_(aggregate) {}

  Status Add(uint32_t series, const SeriesMeta& meta, Column* column) {
    const uint32_t group = grouping_.GroupOf(meta);
    if (group == groups_.size()) {
      RETURN_IF_ERROR(query_->Charge(ks_.size() * (sizeof(std::vector<Entry>) + sizeof(double)), what_));
      groups_.emplace_back(ks_.size());
    }
    uint32_t uses = 0;
    uint64_t bytes = 0;
    column->valid.ForEach([&](size_t step) {
      const double value = column->values[step];
      const double worst = groups_[group].worst[step];
      if (largest_ ? value <= worst : value >= worst) return;
      Offer(&groups_[group], step, {value, series}, &uses, &bytes);
    });
    if (uses == 0) return OkStatus();
    kept_.emplace(series, Kept{meta, std::move(*column), uses});
    if (kept_.size() > kept_max_) {
      kept_max_ = kept_.size();
      bytes += sizeof(Kept) + Column::BytesFor(ks_.size()) + meta.labels.encoded().size();
    }
    return query_->Charge(bytes, what_);
  }

  // The columns with only the winning steps, and the order of series: as they are, or (one step) by group and merit.
  VectorOperatorPtr Finish(const StepGrid& grid) {
    const std::vector<uint32_t> order = Order();
    for (auto& [series, one] : kept_) one.keep.Reset(ks_.size());
    for (const TopGroup& group : groups_) {
      for (size_t step = 0; step < ks_.size(); ++step) {
        for (const Entry& entry : group.heaps[step]) kept_.at(entry.series).keep.Set(step);
      }
    }
    std::vector<SeriesMeta> metas;
    std::vector<Column> columns;
    for (const uint32_t series : order) {
      Kept& one = kept_.at(series);
      one.column.Mask(one.keep);
      metas.push_back(std::move(one.meta));
      columns.push_back(std::move(one.column));
    }
    return std::make_unique<MaterializedOperator>(grid, std::move(metas), std::move(columns));
  }

 private:
  // A series that is in some heap.
  struct Kept {
    SeriesMeta meta;
    Column column;
    uint32_t uses = 0;  // Heaps it is in.
    StepBits keep;
  };

  // Counts in *uses what becomes of the entry's own series, in *bytes what the heap grew by.
  void Offer(TopGroup* group, size_t step, const Entry& entry, uint32_t* uses, uint64_t* bytes) {
    const size_t k = ks_[step];
    std::vector<Entry>& heap = group->heaps[step];
    if (k == 0) return;
    if (heap.size() < k) {
      order_.Push(entry, &heap);
      *bytes += sizeof(Entry);
    } else {
      if (!order_.Replaces(entry, heap.front())) return;
      const auto loser = kept_.find(heap.front().series);
      if (--loser->second.uses == 0) kept_.erase(loser);
      order_.ReplaceFront(entry, &heap);
    }
    if (heap.size() == k) group->worst[step] = heap.front().value;
    ++*uses;
  }

  std::vector<uint32_t> Order() {
    std::vector<uint32_t> order;
    if (ks_.size() == 1) {
      for (TopGroup& group : groups_) {
        order_.Sort(&group.heaps[0]);
        for (const Entry& entry : group.heaps[0]) order.push_back(entry.series);
      }
    } else {
      for (const auto& [series, one] : kept_) order.push_back(series);
      std::sort(order.begin(), order.end());
    }
    return order;
  }

  QueryState* const query_;
  const std::string_view what_;
  const std::vector<size_t> ks_;  // Per step.
  const bool largest_;
  const BestHeap order_;
  Grouping grouping_;
  std::vector<TopGroup> groups_;
  std::unordered_map<uint32_t, Kept> kept_;
  size_t kept_max_ = 0;
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
  TopK top(query, aggregate, ks);
  const Annotator annotator(query->annotations());
  Once told;
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), [&](size_t index, const SeriesMeta& series, Column* column) {
    if (column->has_histograms()) {
      if (AnyHistogramWanted(*column, ks) && told.First()) {
        annotator.Add(HistogramIgnoredInAggregationInfo(OpText(aggregate.op), aggregate.position));
      }
      column->DropHistograms();
    }
    return top.Add(static_cast<uint32_t>(index), series, column);
  }));
  return top.Finish(input->grid());
}

}  // namespace epi::promql
