#include "common/promql/operators/stream.h"

#include <algorithm>

namespace epi::promql {
namespace {

// Values of one batch of columns: small enough to stay in the second-level cache, large enough that few steps make many series.
constexpr size_t kBatchValues = 32'768;
constexpr size_t kBatchSeriesMin = 64;
constexpr size_t kBatchSeriesMax = 1024;
// Series of one task of a batch.
constexpr size_t kTaskSeries = 8;
// Below this many series × steps one thread is faster than two.
constexpr size_t kSharedWorkMin = 20'000;
constexpr size_t kSharedSeriesMin = 16;
// What a series costs besides its steps, in steps.
constexpr size_t kSeriesSteps = 16;

size_t CeilDivide(size_t value, size_t by) { return (value + by - 1) / by; }

size_t BatchSeries(size_t steps) { return std::clamp(kBatchValues / (steps + kSeriesSteps), kBatchSeriesMin, kBatchSeriesMax); }

// Columns that were computed and are to be consumed.
struct Filled {
  std::vector<Column> columns;
  std::vector<SeriesMeta> streamed;  // Of a stream, whose own list has moved on.
  size_t first = 0;
  size_t count = 0;
};

class ColumnReader {
 public:
  ColumnReader(QueryState* query, VectorOperator* op, const ColumnConsumer& consume)
      : query_(query), op_(op), consume_(consume), batch_max_(BatchSeries(op->grid().steps())) {}

  Status Run() {
    if (!op_->streams()) {
      const size_t count = op_->series().size();
      const bool parallel = WorthSharing(count, op_->grid().steps());
      for (size_t first = 0; first < count; first += batch_max_) {
        RETURN_IF_ERROR(RunBatch(first, first, std::min(batch_max_, count - first), parallel));
      }
      return ConsumeFilled();
    }
    RETURN_IF_ERROR(op_->FetchBatch(batch_max_));
    size_t read = 0;
    while (op_->NextBatch()) {
      const size_t count = op_->series().size();
      RETURN_IF_ERROR(RunBatch(read, 0, count, WorthSharing(count, op_->grid().steps())));
      filled_.streamed = op_->series();
      read += count;
    }
    return ConsumeFilled();
  }

 private:
  // Computes columns [begin, begin + count) of the operator; the first is number `first` of all series.
  Status RunBatch(size_t first, size_t begin, size_t count, bool parallel) {
    if (filling_.size() < count) filling_.resize(count);
    // Task 0 consumes the batch before; then come the tasks that fill this one.
    const auto run = [&](size_t task, size_t worker) -> Status {
      RETURN_IF_ERROR(query_->Check());
      if (task == 0) {
        RETURN_IF_ERROR(ConsumeFilled());
        return op_->streams() ? op_->FetchBatch(batch_max_) : OkStatus();
      }
      const size_t end = std::min(count, task * kTaskSeries);
      for (size_t i = (task - 1) * kTaskSeries; i < end; ++i) RETURN_IF_ERROR(op_->Fill(begin + i, worker, &filling_[i]));
      return OkStatus();
    };
    RETURN_IF_ERROR(query_->pool()->Run(CeilDivide(count, kTaskSeries) + 1, parallel, run));
    std::swap(filling_, filled_.columns);
    filled_.first = first;
    filled_.count = count;
    return OkStatus();
  }

  Status ConsumeFilled() {
    for (size_t i = 0; i < filled_.count; ++i) {
      const SeriesMeta& series = op_->streams() ? filled_.streamed[i] : op_->series()[filled_.first + i];
      RETURN_IF_ERROR(consume_(filled_.first + i, series, &filled_.columns[i]));
    }
    return OkStatus();
  }

  QueryState* const query_;
  VectorOperator* const op_;
  const ColumnConsumer& consume_;
  const size_t batch_max_;
  std::vector<Column> filling_;
  Filled filled_;
};

}  // namespace

bool WorthSharing(size_t series, size_t steps) {
  return series >= kSharedSeriesMin && series * (steps + kSeriesSteps) >= kSharedWorkMin;
}

Status ForEachColumn(QueryState* query, VectorOperator* op, const ColumnConsumer& consume) {
  return ColumnReader(query, op, consume).Run();
}

Result<std::vector<Column>> FillAll(QueryState* query, VectorOperator* op) {
  CHECK(!op->streams());
  const size_t count = op->series().size();
  const size_t steps = op->grid().steps();
  RETURN_IF_ERROR(query->Charge(count * (sizeof(Column) + Column::BytesFor(steps)), "series columns"));
  std::vector<Column> columns(count);
  const auto fill = [&](size_t task, size_t worker) -> Status {
    RETURN_IF_ERROR(query->Check());
    const size_t end = std::min(count, (task + 1) * kTaskSeries);
    for (size_t i = task * kTaskSeries; i < end; ++i) RETURN_IF_ERROR(op->Fill(i, worker, &columns[i]));
    return OkStatus();
  };
  RETURN_IF_ERROR(query->pool()->Run(CeilDivide(count, kTaskSeries), WorthSharing(count, steps), fill));
  return columns;
}

}  // namespace epi::promql
