#include "common/promql/operators/histogram_calls.h"

#include <cmath>

#include "common/base/go_float.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/histogram_groups.h"
#include "common/promql/operators/map.h"
#include "common/promql/operators/merge_equal.h"
#include "common/promql/operators/series_names.h"
#include "common/series/histogram_quantile.h"

namespace epi::promql {
namespace {

using HistogramValue = double (*)(const series::FloatHistogram&);

struct NamedValue {
  std::string_view name;
  HistogramValue value;
};

constexpr NamedValue kValues[] = {
    {"histogram_avg", [](const series::FloatHistogram& h) { return h.sum / h.count; }},
    {"histogram_count", [](const series::FloatHistogram& h) { return h.count; }},
    {"histogram_stddev", [](const series::FloatHistogram& h) { return std::sqrt(series::HistogramVariance(h)); }},
    {"histogram_stdvar", [](const series::FloatHistogram& h) { return series::HistogramVariance(h); }},
    {"histogram_sum", [](const series::FloatHistogram& h) { return h.sum; }},
};

HistogramValue FindValue(std::string_view name) {
  for (const NamedValue& entry : kValues) {
    if (entry.name == name) return entry.value;
  }
  return nullptr;
}

VectorOperatorPtr MapHistograms(QueryState* query, VectorOperatorPtr child, HistogramValue value) {
  std::vector<SeriesMeta> series;
  series.reserve(child->series().size());
  for (const SeriesMeta& one : child->series()) {
    // Unlike other functions these leave __type__ and __unit__ alone.
    series.push_back(query->delayed_names() ? SeriesMeta{one.labels, true} : SeriesMeta{one.labels.WithoutMetricName(), false});
  }
  VectorOperatorPtr op = MapColumns(std::move(child), std::move(series), [value](size_t, Column* column) {
    column->valid.Reset(column->steps());
    for (size_t step = 0; step < column->histograms.size(); ++step) {
      if (column->histograms[step] != nullptr) column->SetFloat(step, value(*column->histograms[step]));
    }
    column->DropHistograms();
    return OkStatus();
  });
  return query->delayed_names() ? std::move(op) : MergeEqualSeries(std::move(op), MergeRule::kBySteps);
}

size_t StepAt(const StepGrid& grid, int64_t t_ms) { return static_cast<size_t>((t_ms - grid.start_ms) / grid.step_ms); }

class QuantileVisitor {
 public:
  QuantileVisitor(const Annotator* annotator, PositionRange position) : annotator_(annotator), position_(position) {}

  double Classic(double q, std::vector<series::ClassicBucket>* buckets, std::string_view name, int64_t t_ms) const {
    const series::ClassicQuantile quantile = series::BucketQuantile(q, buckets);
    if (quantile.forced_monotonic) {
      annotator_->Add(HistogramQuantileForcedMonotonicityInfo(name, position_, t_ms, quantile.repaired_bucket_min,
                                                              quantile.repaired_bucket_max, quantile.repaired_diff_max));
    }
    return quantile.value;
  }
  double Native(double q, const series::FloatHistogram& histogram, std::string_view name) const {
    const series::NoteworthyValue quantile = series::HistogramQuantile(q, histogram);
    if (quantile.note == series::NanNote::kResultIsNan) annotator_->Add(NativeHistogramQuantileNanResultInfo(name, position_));
    if (quantile.note == series::NanNote::kSkewedHigher) annotator_->Add(NativeHistogramQuantileNanSkewInfo(name, position_));
    return quantile.value;
  }

 private:
  const Annotator* const annotator_;
  const PositionRange position_;
};

void WarnAboutQuantile(const ScalarColumn& q, size_t steps, PositionRange position, const Annotator& annotator) {
  for (size_t step = 0; step < (q.constant() ? std::min<size_t>(steps, 1) : steps); ++step) {
    if (!(q.At(step) >= 0 && q.At(step) <= 1)) annotator.Add(InvalidQuantileWarning(q.At(step), position));
  }
}

// OpenMetrics' form of a number: always with a point or an exponent.
std::string QuantileLabel(double q) {
  std::string text = FormatFloatG(q);
  if (std::isfinite(q) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

struct QuantileArg {
  ScalarColumn q;
  std::string label;  // Value of the result's quantile label.
};

struct QuantileArgs {
  std::vector<QuantileArg> quantiles;
  std::string label_name;  // Empty for histogram_quantile.
  const Expr* histogram = nullptr;
};

Result<QuantileArgs> ReadQuantileArgs(QueryState* query, const Call& call, const StepGrid& grid, const Annotator& annotator) {
  QuantileArgs args;
  const bool many = call.function->name == "histogram_quantiles";
  args.histogram = call.args[many ? 0 : 1].get();
  if (many) {
    args.label_name = StringValue(*call.args[1]);
    if (args.label_name.empty() || !IsValidUtf8(args.label_name)) {
      return FailedPreconditionError(StrCat("invalid label name ", GoQuote(args.label_name)));
    }
  }
  for (size_t i = many ? 2 : 0; i < (many ? call.args.size() : 1); ++i) {
    QuantileArg arg{TRY(BuildScalar(query, *call.args[i], grid)), ""};
    WarnAboutQuantile(arg.q, grid.steps(), ArgPosition(*call.args[i]), annotator);
    if (many) arg.label = QuantileLabel(arg.q.At(0));
    args.quantiles.push_back(std::move(arg));
  }
  return args;
}

SeriesMeta ResultSeries(QueryState* query, const SeriesMeta& group, const std::string& label_name, const std::string& value) {
  if (label_name.empty()) return DropName(group, query->delayed_names());
  labels::LabelsBuilder builder(group.labels);
  builder.Set(label_name, value);
  return DropName({builder.Build(), group.drop_name}, query->delayed_names());
}

Result<VectorOperatorPtr> Quantiles(QueryState* query, const Call& call, const StepGrid& grid) {
  const Annotator annotator(query->annotations());
  const QuantileArgs args = TRY(ReadQuantileArgs(query, call, grid, annotator));
  const PositionRange position = ArgPosition(*args.histogram);
  VectorOperatorPtr input = TRY(BuildVector(query, *args.histogram, grid));
  const HistogramGroups groups = TRY(HistogramGroups::Make(query, std::move(input), &annotator, position));
  const QuantileVisitor visitor(&annotator, position);
  std::vector<SeriesMeta> series;
  std::vector<Column> columns;
  for (const QuantileArg& arg : args.quantiles) {
    std::vector<Column> results = TRY(groups.Evaluate(
        {[&](std::vector<series::ClassicBucket>* buckets, std::string_view name, int64_t t_ms) {
           return visitor.Classic(arg.q.At(StepAt(grid, t_ms)), buckets, name, t_ms);
         },
         [&](const series::FloatHistogram& histogram, std::string_view name, int64_t t_ms) {
           return visitor.Native(arg.q.At(StepAt(grid, t_ms)), histogram, name);
         }},
        position));
    for (size_t group = 0; group < results.size(); ++group) {
      series.push_back(ResultSeries(query, groups.groups()[group], args.label_name, arg.label));
      columns.push_back(std::move(results[group]));
    }
  }
  VectorOperatorPtr op = std::make_unique<MaterializedOperator>(grid, std::move(series), std::move(columns));
  const bool labels_unique = query->delayed_names() && args.label_name.empty();
  return labels_unique ? std::move(op) : MergeEqualSeries(std::move(op), MergeRule::kBySteps);
}

Result<VectorOperatorPtr> Fraction(QueryState* query, const Call& call, const StepGrid& grid) {
  const Annotator annotator(query->annotations());
  const ScalarColumn lower = TRY(BuildScalar(query, *call.args[0], grid));
  const ScalarColumn upper = TRY(BuildScalar(query, *call.args[1], grid));
  const PositionRange position = ArgPosition(*call.args[2]);
  VectorOperatorPtr input = TRY(BuildVector(query, *call.args[2], grid));
  const HistogramGroups groups = TRY(HistogramGroups::Make(query, std::move(input), &annotator, position));
  std::vector<Column> columns = TRY(groups.Evaluate(
      {[&](std::vector<series::ClassicBucket>* buckets, std::string_view, int64_t t_ms) {
         const size_t step = StepAt(grid, t_ms);
         return series::BucketFraction(lower.At(step), upper.At(step), buckets);
       },
       [&](const series::FloatHistogram& histogram, std::string_view name, int64_t t_ms) {
         const size_t step = StepAt(grid, t_ms);
         const series::NoteworthyValue fraction = series::HistogramFraction(lower.At(step), upper.At(step), histogram);
         if (fraction.note == series::NanNote::kExcluded) annotator.Add(NativeHistogramFractionNansInfo(name, position));
         return fraction.value;
       }},
      position));
  std::vector<SeriesMeta> series = DropNames(groups.groups(), query->delayed_names());
  VectorOperatorPtr op = std::make_unique<MaterializedOperator>(grid, std::move(series), std::move(columns));
  return query->delayed_names() ? std::move(op) : MergeEqualSeries(std::move(op), MergeRule::kBySteps);
}

}  // namespace

bool IsHistogramCall(std::string_view name) {
  return name == "histogram_quantile" || name == "histogram_quantiles" || name == "histogram_fraction" ||
         FindValue(name) != nullptr;
}

Result<VectorOperatorPtr> BuildHistogramCall(QueryState* query, const Call& call, const StepGrid& grid) {
  if (const HistogramValue value = FindValue(call.function->name)) {
    return MapHistograms(query, TRY(BuildVector(query, *call.args[0], grid)), value);
  }
  if (call.function->name == "histogram_fraction") return Fraction(query, call, grid);
  return Quantiles(query, call, grid);
}

}  // namespace epi::promql
