#include "common/promql/operators/series_batches.h"

namespace epi::promql {
namespace {

// What a series costs besides its labels, which operators copy once.
constexpr uint64_t kSeriesBytes = 448;

}  // namespace

uint64_t SeriesBytes(const series::Series& series) { return 2 * series.labels().encoded().size() + kSeriesBytes; }

Status SeriesBatches::Fetch(size_t count) {
  next_.clear();
  uint64_t bytes = 0;
  while (!ended_ && next_.size() < count) {
    Result<std::unique_ptr<series::Series>> next = set_->Next();
    if (!next.ok()) return std::move(next).status().WithContext("expanding series");
    if (*next == nullptr) {
      ended_ = true;
      break;
    }
    bytes += SeriesBytes(**next);
    next_.push_back(std::move(next).value());
  }
  if (bytes <= batch_bytes_max_) return OkStatus();
  RETURN_IF_ERROR(charge_.Add(2 * (bytes - batch_bytes_max_), selector_));
  batch_bytes_max_ = bytes;
  return OkStatus();
}

bool SeriesBatches::Take() {
  std::swap(current_.series, next_);
  next_.clear();
  return !current_.series.empty();
}

}  // namespace epi::promql
