#include "common/promql/operators/stream.h"

#include <algorithm>

namespace epi::promql {
namespace {

// Series of one batch, and of one task of it. Small enough that a batch of columns stays in the second-level cache.
constexpr size_t kBatchSeries = 64;
constexpr size_t kTaskSeries = 8;
// Below this many series × steps one thread is faster than two.
constexpr size_t kSharedWorkMin = 20'000;
constexpr size_t kSharedSeriesMin = 16;

size_t CeilDivide(size_t value, size_t by) { return (value + by - 1) / by; }

}  // namespace

bool WorthSharing(size_t series, size_t steps) {
  return series >= kSharedSeriesMin && series * (steps + 16) >= kSharedWorkMin;
}

Status ForEachColumn(QueryState* query, VectorOperator* op, const ColumnConsumer& consume) {
  const size_t count = op->series().size();
  const bool parallel = WorthSharing(count, op->grid().steps());
  std::vector<Column> filling(std::min(count, kBatchSeries));
  std::vector<Column> filled(filling.size());
  size_t filled_first = 0;
  size_t filled_count = 0;
  const auto consume_filled = [&]() -> Status {
    for (size_t i = 0; i < filled_count; ++i) RETURN_IF_ERROR(consume(filled_first + i, &filled[i]));
    return OkStatus();
  };
  for (size_t first = 0; first < count; first += kBatchSeries) {
    const size_t batch = std::min(kBatchSeries, count - first);
    const size_t fill_tasks = CeilDivide(batch, kTaskSeries);
    // Task 0 consumes the batch before; then come the tasks that fill this one.
    const auto run = [&](size_t task, size_t worker) -> Status {
      if (task == 0) return consume_filled();
      RETURN_IF_ERROR(query->Check());
      const size_t end = std::min(batch, task * kTaskSeries);
      for (size_t i = (task - 1) * kTaskSeries; i < end; ++i) RETURN_IF_ERROR(op->Fill(first + i, worker, &filling[i]));
      return OkStatus();
    };
    RETURN_IF_ERROR(query->pool()->Run(fill_tasks + 1, parallel, run));
    std::swap(filling, filled);
    filled_first = first;
    filled_count = batch;
  }
  return consume_filled();
}

Result<std::vector<Column>> FillAll(QueryState* query, VectorOperator* op) {
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
