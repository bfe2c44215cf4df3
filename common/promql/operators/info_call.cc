#include "common/promql/operators/info_call.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "common/base/str_cat.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/latest_sample.h"
#include "common/promql/operators/merge_equal.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

constexpr int64_t kNoSample = std::numeric_limits<int64_t>::min();
constexpr std::array<std::string_view, 2> kIdentifying = {"instance", "job"};

bool IsNegative(const labels::Matcher& matcher) {
  return matcher.type() == labels::MatchType::kNotEqual || matcher.type() == labels::MatchType::kNotRegex;
}

// What the second argument asks for.
struct InfoSelector {
  labels::Matchers names;
  labels::Matchers data;
  std::set<std::string> data_labels;  // Empty: all.
  bool needs_match = false;           // Some data matcher does not accept a missing label.
};

Result<InfoSelector> ReadSelector(const Call& call) {
  InfoSelector selector;
  if (call.args.size() > 1) {
    const auto* vector = As<VectorSelector>(Unwrap(call.args[1].get()));
    if (vector == nullptr) return InvalidArgumentError("info(): the second argument must be a label selector");
    for (const labels::Matcher& matcher : vector->matchers) {
      if (matcher.name() == labels::kMetricName) {
        selector.names.push_back(matcher);
        continue;
      }
      selector.data.push_back(matcher);
      selector.data_labels.insert(matcher.name());
      selector.needs_match |= !matcher.MatchesEmpty();
    }
  }
  if (selector.names.empty()) {
    selector.names.push_back(labels::Matcher::Equal(std::string(labels::kMetricName), "target_info"));
  } else if (std::all_of(selector.names.begin(), selector.names.end(), IsNegative)) {
    selector.names.push_back(TRY(labels::Matcher::Make(labels::MatchType::kRegex, std::string(labels::kMetricName), ".+_info")));
  }
  return selector;
}

bool IsInfoSeries(const InfoSelector& selector, const labels::Labels& labels) { return labels::MatchesAll(selector.names, labels); }

// The time that the first selector below an expression looks at, for an evaluation time.
class ReadingTime {
 public:
  explicit ReadingTime(const Expr& expr) { Descend(expr); }
  int64_t At(int64_t t_ms) const { return (pinned_ ? at_ms_ : t_ms) - offset_ms_; }

 private:
  // True once a selector was found.
  bool Descend(const Expr& expr) {
    const TimeModifiers* time = nullptr;
    if (const auto* selector = As<VectorSelector>(&expr)) time = &selector->time;
    if (const auto* matrix = As<MatrixSelector>(&expr)) time = &matrix->selector->time;
    const bool is_selector = time != nullptr;
    if (const auto* subquery = As<SubqueryExpr>(&expr)) time = &subquery->time;
    const ReadingTime before = *this;
    if (time != nullptr) Shift(*time);
    if (is_selector) return true;
    bool found = false;
    ForEachChild(expr, [this, &found](const Expr& child) { found = found || Descend(child); });
    if (!found) *this = before;
    return found;
  }
  void Shift(const TimeModifiers& time) {
    if (time.at != AtKind::kNone) {
      pinned_ = true;
      at_ms_ = time.at_ms;
      offset_ms_ = 0;
    }
    offset_ms_ += time.offset_ms;
  }

  bool pinned_ = false;
  int64_t at_ms_ = 0;
  int64_t offset_ms_ = 0;
};

std::string IdentityOf(const labels::Labels& labels) {
  std::string identity;
  for (const std::string_view name : kIdentifying) {
    const std::string_view value = labels.Get(name);
    StrAppend(&identity, value.size(), ":", value);
  }
  return identity;
}

bool HasIdentity(const labels::Labels& labels) {
  return std::any_of(kIdentifying.begin(), kIdentifying.end(), [&labels](std::string_view name) { return labels.Has(name); });
}

// The values of the identifying labels among the series to enrich. Only info series with such values are looked at.
class Identities {
 public:
  void Add(const labels::Labels& labels) {
    for (size_t i = 0; i < kIdentifying.size(); ++i) {
      const std::string_view value = labels.Get(kIdentifying[i]);
      if (!value.empty()) values_[i].emplace(value);
    }
  }
  bool empty() const { return values_[0].empty() && values_[1].empty(); }
  bool Contain(const labels::Labels& info) const {
    for (size_t i = 0; i < kIdentifying.size(); ++i) {
      if (!values_[i].empty() && !values_[i].contains(info.Get(kIdentifying[i]))) return false;
    }
    return true;
  }

 private:
  std::array<std::set<std::string, std::less<>>, kIdentifying.size()> values_;
};

// One info series with the time of its newest sample at every step.
struct InfoSeries {
  labels::Labels labels;
  std::vector<int64_t> sample_ms;  // kNoSample where there is none.
};

// Info series of one identity, by metric name.
using InfoByMetric = std::map<std::string, std::vector<const InfoSeries*>>;

class InfoTable {
 public:
  static Result<InfoTable> Load(QueryState* query, const InfoSelector& selector, const Identities& wanted, const ReadingTime& time,
                                const StepGrid& grid) {
    InfoTable table;
    if (grid.steps() == 0 || wanted.empty()) return table;
    series::SelectRequest request;
    request.mint_ms = time.At(grid.start_ms) - query->options().lookback_ms + 1;
    request.maxt_ms = time.At(grid.end_ms);
    request.matchers = selector.names;
    request.matchers.insert(request.matchers.end(), selector.data.begin(), selector.data.end());
    request.hints.start_ms = request.mint_ms;
    request.hints.end_ms = request.maxt_ms;
    request.hints.func = "info";
    const SelectedSeries selected = TRY(query->Select(request));
    RETURN_IF_ERROR(query->Charge(selected.series.size() * grid.steps() * sizeof(int64_t), "info()"));
    table.series_.reserve(selected.series.size());
    for (const auto& series : selected.series) {
      if (!wanted.Contain(series->labels())) continue;
      std::vector<int64_t> times = TRY(SampleTimes(query, *series, time, grid));
      table.series_.push_back({series->labels(), std::move(times)});
      const InfoSeries* added = &table.series_.back();
      table.by_identity_[IdentityOf(added->labels)][std::string(added->labels.metric_name())].push_back(added);
    }
    return table;
  }

  // Two newest info series of one kind at one of these steps are an error, whether they are joined to anything or not.
  Status CheckNewest(const StepBits& steps) const;

  const InfoByMetric* Find(const labels::Labels& base) const {
    if (!HasIdentity(base)) return nullptr;
    const auto it = by_identity_.find(IdentityOf(base));
    return it == by_identity_.end() ? nullptr : &it->second;
  }

 private:
  static Result<std::vector<int64_t>> SampleTimes(QueryState* query, const series::Series& series, const ReadingTime& time,
                                                  const StepGrid& grid) {
    const int64_t lookback_ms = query->options().lookback_ms;
    const std::unique_ptr<series::SampleCursor> cursor = TRY(series.Samples());
    LatestSample latest(cursor.get());
    std::vector<int64_t> times(grid.steps(), kNoSample);
    for (size_t step = 0; step < times.size(); ++step) {
      const int64_t t_ms = time.At(grid.TimeAt(step));
      RETURN_IF_ERROR(latest.Advance(t_ms - lookback_ms + 1, t_ms));
      if (!latest.found() || latest.time_ms() <= t_ms - lookback_ms || latest.stale()) continue;
      if (latest.is_histogram()) {
        return FailedPreconditionError(StrCat("this should be an info metric, with float samples: ", series.labels().ToString()));
      }
      times[step] = latest.time_ms();
    }
    return times;
  }

  std::vector<InfoSeries> series_;  // Never reallocated: others point into it, and their order is that of the pointers.
  std::map<std::string, InfoByMetric> by_identity_;
};

// The newest of the series at a step; null when none has a sample.
Result<const InfoSeries*> NewestAt(const std::vector<const InfoSeries*>& candidates, size_t step) {
  const InfoSeries* newest = nullptr;
  for (const InfoSeries* candidate : candidates) {
    if (candidate->sample_ms[step] == kNoSample) continue;
    if (newest != nullptr && newest->sample_ms[step] == candidate->sample_ms[step]) {
      return FailedPreconditionError(StrCat("found duplicate series for info metric: existing ", newest->labels.ToString(), " @ ",
                                            newest->sample_ms[step], ", new ", candidate->labels.ToString(), " @ ",
                                            candidate->sample_ms[step]));
    }
    if (newest == nullptr || newest->sample_ms[step] < candidate->sample_ms[step]) newest = candidate;
  }
  return newest;
}

Status InfoTable::CheckNewest(const StepBits& steps) const {
  Status status;
  for (const auto& [identity, infos] : by_identity_) {
    for (const auto& of_name : infos) {
      const std::vector<const InfoSeries*>& candidates = of_name.second;
      if (candidates.size() < 2) continue;
      steps.ForEach([&](size_t step) {
        if (status.ok()) status = NewestAt(candidates, step).status();
      });
      RETURN_IF_ERROR(status);
    }
  }
  return status;
}

class Enricher {
 public:
  Enricher(const InfoSelector& selector, const InfoTable& table, size_t steps) : selector_(selector), table_(table), steps_(steps) {}

  Status Add(const SeriesMeta& base, Column column) {
    if (column.Empty()) return OkStatus();
    if (IsInfoSeries(selector_, base.labels)) return Put(base, std::move(column));
    const InfoByMetric* infos = table_.Find(base.labels);
    if (infos == nullptr) return selector_.needs_match ? OkStatus() : Put(base, std::move(column));
    // Runs of steps with the same info series share one label set.
    std::map<std::vector<const InfoSeries*>, Column> by_infos;
    const StepBits present = column.Presence();
    Status status;
    present.ForEach([&](size_t step) {
      if (status.ok()) status = Assign(*infos, column, step, &by_infos);
    });
    RETURN_IF_ERROR(status);
    for (auto& [matched, part] : by_infos) {
      SeriesMeta series{TRY(Enrich(base.labels, matched)), base.drop_name};
      RETURN_IF_ERROR(Put(series, std::move(part)));
    }
    return OkStatus();
  }

  VectorOperatorPtr Finish(const StepGrid& grid) {
    auto op = std::make_unique<MaterializedOperator>(grid, std::move(series_), std::move(columns_));
    return MergeEqualSeries(std::move(op), MergeRule::kBySteps);
  }

 private:
  Status Put(const SeriesMeta& series, Column column) {
    series_.push_back(series);
    columns_.push_back(std::move(column));
    return OkStatus();
  }

  Status Assign(const InfoByMetric& infos, const Column& column, size_t step,
                std::map<std::vector<const InfoSeries*>, Column>* by_infos) const {
    std::vector<const InfoSeries*> matched;
    for (const auto& [name, candidates] : infos) {
      if (const InfoSeries* newest = TRY(NewestAt(candidates, step))) matched.push_back(newest);
    }
    if (matched.empty() && selector_.needs_match) return OkStatus();
    Column& part = by_infos->try_emplace(std::move(matched), steps_).first->second;
    if (const HistogramPtr* histogram = column.HistogramAt(step)) {
      part.SetHistogram(step, *histogram);
    } else {
      part.SetFloat(step, column.values[step]);
    }
    return OkStatus();
  }

  Result<labels::Labels> Enrich(const labels::Labels& base, const std::vector<const InfoSeries*>& infos) const {
    std::map<std::string, std::string> added;
    for (const InfoSeries* info : infos) {
      for (const labels::Label label : info->labels) {
        const bool wanted = selector_.data_labels.empty() || selector_.data_labels.contains(std::string(label.name));
        if (label.name == labels::kMetricName || !wanted || base.Has(label.name)) continue;
        const auto [it, fresh] = added.emplace(label.name, label.value);
        if (!fresh && it->second != label.value) return FailedPreconditionError(StrCat("conflicting label: ", label.name));
      }
    }
    labels::LabelsBuilder builder(base);
    for (const auto& [name, value] : added) builder.Set(name, value);
    return builder.Build();
  }

  const InfoSelector& selector_;
  const InfoTable& table_;
  const size_t steps_;
  std::vector<SeriesMeta> series_;
  std::vector<Column> columns_;
};

}  // namespace

Result<VectorOperatorPtr> BuildInfo(QueryState* query, const Call& call, const StepGrid& grid) {
  const InfoSelector selector = TRY(ReadSelector(call));
  const VectorOperatorPtr base = TRY(BuildVector(query, *call.args[0], grid));
  std::vector<Column> columns = TRY(FillAll(query, base.get()));
  Identities wanted;
  StepBits steps(grid.steps());
  for (size_t i = 0; i < columns.size(); ++i) {
    steps |= columns[i].Presence();
    if (!columns[i].Empty() && !IsInfoSeries(selector, base->series()[i].labels)) wanted.Add(base->series()[i].labels);
  }
  const InfoTable table = TRY(InfoTable::Load(query, selector, wanted, ReadingTime(*call.args[0]), grid));
  RETURN_IF_ERROR(table.CheckNewest(steps));
  Enricher enricher(selector, table, grid.steps());
  for (size_t i = 0; i < columns.size(); ++i) RETURN_IF_ERROR(enricher.Add(base->series()[i], std::move(columns[i])));
  return enricher.Finish(grid);
}

}  // namespace epi::promql
