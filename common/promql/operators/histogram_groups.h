// Input of histogram_quantile and histogram_fraction: classic buckets gathered by their other labels, native histograms beside
// them.
//
//   http_seconds_bucket{job="a", le="0.1"}  ┐
//   http_seconds_bucket{job="a", le="+Inf"} ┴─ group {__name__="http_seconds_bucket", job="a"}: buckets 0.1, +Inf
//   http_seconds{job="a"}                   ── group {__name__="http_seconds", job="a"}: native
#pragma once

#include <functional>
#include <vector>

#include "common/promql/operators/annotation_sink.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"
#include "common/series/classic_histogram.h"

namespace epi::promql {

class HistogramGroups {
 public:
  // Reads all of `input`. `position` is that of the argument, for warnings about "le".
  static Result<HistogramGroups> Make(QueryState* query, VectorOperatorPtr input, const Annotator* annotator,
                                      PositionRange position);

  // What to do with a group at a step; each gives the value.
  struct Visitor {
    std::function<double(std::vector<series::ClassicBucket>* buckets, std::string_view name, int64_t t_ms)> classic;
    std::function<double(const series::FloatHistogram& histogram, std::string_view name, int64_t t_ms)> native;
  };
  // One column per group.
  Result<std::vector<Column>> Evaluate(const Visitor& visitor, PositionRange position) const;

  const std::vector<SeriesMeta>& groups() const { return groups_; }
  const StepGrid& grid() const { return grid_; }

 private:
  struct BucketSeries {
    double upper = 0;
    size_t column = 0;
  };
  struct Members {
    std::vector<BucketSeries> buckets;  // Ascending.
    std::vector<size_t> natives;
  };
  void Collect(const std::vector<SeriesMeta>& series, PositionRange position);
  Status EvaluateGroup(size_t group, const Visitor& visitor, PositionRange position, Column* out) const;
  // The name to show in annotations: only while names are still there.
  std::string_view NameOf(size_t group) const;

  QueryState* query_ = nullptr;
  const Annotator* annotator_ = nullptr;
  StepGrid grid_;
  std::vector<Column> columns_;
  std::vector<SeriesMeta> groups_;
  std::vector<Members> members_;
};

}  // namespace epi::promql
