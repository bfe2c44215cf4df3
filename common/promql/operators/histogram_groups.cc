#include "common/promql/operators/histogram_groups.h"

#include <algorithm>
#include <unordered_map>

#include "common/promql/functions/parse_le.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {

Result<HistogramGroups> HistogramGroups::Make(QueryState* query, VectorOperatorPtr input, const Annotator* annotator,
                                              PositionRange position) {
  HistogramGroups groups;
  groups.query_ = query;
  groups.annotator_ = annotator;
  groups.grid_ = input->grid();
  groups.columns_ = TRY(FillAll(query, input.get()));
  groups.Collect(input->series(), position);
  return groups;
}

void HistogramGroups::Collect(const std::vector<SeriesMeta>& series, PositionRange position) {
  std::unordered_map<std::string, size_t> known;
  const auto group_of = [&](labels::Labels labels, bool drop_name) {
    const auto [it, added] = known.try_emplace(std::string(labels.encoded()), groups_.size());
    if (added) {
      groups_.push_back({std::move(labels), drop_name});
      members_.emplace_back();
    }
    return it->second;
  };
  const std::vector<std::string> le = {std::string(labels::kBucketLabel)};
  for (size_t i = 0; i < series.size(); ++i) {
    const labels::Labels& labels = series[i].labels;
    if (columns_[i].has_histograms()) members_[group_of(labels, series[i].drop_name)].natives.push_back(i);
    if (!columns_[i].valid.Any()) continue;
    const std::string_view text = labels.Get(labels::kBucketLabel);
    const std::optional<double> upper = ParseBucketBound(text);
    if (!upper.has_value()) {
      const std::string_view name = query_->delayed_names() ? labels.metric_name() : std::string_view();
      annotator_->Add(BadBucketLabelWarning(name, text, position));
      continue;
    }
    members_[group_of(labels.Without(le), series[i].drop_name)].buckets.push_back({*upper, i});
  }
  for (Members& members : members_) {
    std::stable_sort(members.buckets.begin(), members.buckets.end(),
                     [](const BucketSeries& a, const BucketSeries& b) { return a.upper < b.upper; });
  }
}

std::string_view HistogramGroups::NameOf(size_t group) const {
  return query_->delayed_names() ? groups_[group].labels.metric_name() : std::string_view();
}

Result<std::vector<Column>> HistogramGroups::Evaluate(const Visitor& visitor, PositionRange position) const {
  RETURN_IF_ERROR(query_->Charge(groups_.size() * Column::BytesFor(grid_.steps()), "histogram results"));
  std::vector<Column> results(groups_.size());
  const bool parallel = WorthSharing(columns_.size(), grid_.steps());
  const auto evaluate = [&](size_t group, size_t) -> Status {
    RETURN_IF_ERROR(query_->Check());
    return EvaluateGroup(group, visitor, position, &results[group]);
  };
  RETURN_IF_ERROR(query_->pool()->Run(groups_.size(), parallel, evaluate));
  return results;
}

Status HistogramGroups::EvaluateGroup(size_t group, const Visitor& visitor, PositionRange position, Column* out) const {
  const Members& members = members_[group];
  out->Reset(grid_.steps());
  std::vector<series::ClassicBucket> buckets;
  for (size_t step = 0; step < grid_.steps(); ++step) {
    buckets.clear();
    for (const BucketSeries& bucket : members.buckets) {
      const Column& column = columns_[bucket.column];
      if (column.HasFloat(step)) buckets.push_back({bucket.upper, column.values[step]});
    }
    const HistogramPtr* native = nullptr;
    for (const size_t i : members.natives) {
      if (const HistogramPtr* histogram = columns_[i].HistogramAt(step)) native = histogram;
    }
    if (native != nullptr && !buckets.empty()) {
      annotator_->Add(MixedClassicNativeHistogramsWarning(NameOf(group), position));
    } else if (native != nullptr) {
      out->SetFloat(step, visitor.native(**native, NameOf(group), grid_.TimeAt(step)));
    } else if (!buckets.empty()) {
      out->SetFloat(step, visitor.classic(&buckets, NameOf(group), grid_.TimeAt(step)));
    }
  }
  return OkStatus();
}

}  // namespace epi::promql
