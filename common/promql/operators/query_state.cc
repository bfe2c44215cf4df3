#include "common/promql/operators/query_state.h"

#include <algorithm>

#include "common/base/str_cat.h"

namespace epi::promql {
namespace {

// Series between two looks at the context while a Select is read.
constexpr size_t kSeriesPerCheck = 128;

std::string SelectorText(const labels::Matchers& matchers) {
  std::string text = "{";
  for (const labels::Matcher& matcher : matchers) {
    if (text.size() > 1) text += ",";
    text += matcher.ToString();
  }
  return text + "}";
}

}  // namespace

Status QueryState::Check() const {
  const Status status = ctx_.Check();
  if (status.code() == StatusCode::kDeadlineExceeded) {
    return DeadlineExceededError("query timed out in expression evaluation");
  }
  if (status.code() == StatusCode::kCancelled) return CancelledError("query was canceled in expression evaluation");
  return status;
}

Status QueryState::Charge(uint64_t bytes, std::string_view what) {
  MutexLock lock(&charge_mutex_);
  Status status = charge_.Add(bytes, what);
  if (status.ok()) return status;
  return ResourceExhaustedError(StrCat(status.message(), " of a query for ", SelectorsText()));
}

std::string QueryState::SelectorsText() const {
  if (most_series_ > 0) return StrCat(most_series_, " series of ", most_series_selector_);
  std::string text;
  for (const series::SelectRequest& request : plan_.selects) {
    StrAppend(&text, text.empty() ? "" : ", ", SelectorText(request.matchers));
  }
  return text;
}

MemoryCharge QueryState::TakeCharge(uint64_t bytes) {
  MutexLock lock(&charge_mutex_);
  charge_.ShrinkTo(bytes);
  return std::move(charge_);
}

Status QueryState::SelectAll() {
  selected_.resize(plan_.selects.size());
  batches_.resize(plan_.selects.size());
  for (size_t i = 0; i < plan_.selects.size(); ++i) {
    const series::SelectRequest& request = plan_.selects[i];
    if (plan_.streamed.contains(i)) {
      batches_[i] = std::make_unique<SeriesBatches>(ctx_, TRY(OpenSet(request)), SelectorText(request.matchers));
    } else {
      selected_[i] = TRY(Select(request));
    }
  }
  std::vector<int> readers(plan_.selects.size());
  for (const auto& [selector, select] : plan_.select_of) ++readers[select];
  for (size_t i = 0; i < readers.size(); ++i) selected_[i].sole_reader = readers[i] == 1;
  return OkStatus();
}

SelectedSeries* QueryState::Selected(const VectorSelector& selector) {
  const size_t select = plan_.select_of.at(&selector);
  return batches_[select] != nullptr ? batches_[select]->current() : &selected_[select];
}

SeriesBatches* QueryState::Batches(const VectorSelector& selector) { return batches_[plan_.select_of.at(&selector)].get(); }

Result<std::unique_ptr<series::SeriesSet>> QueryState::OpenSet(const series::SelectRequest& request) {
  RETURN_IF_ERROR(Check());
  Result<std::unique_ptr<series::SeriesSet>> set = querier_.Select(ctx_, request);
  if (!set.ok()) return ExpandingError(std::move(set).status());
  return set;
}

Status QueryState::ExpandingError(Status status) const {
  const Status ended = Check();
  return ended.ok() ? status.WithContext("expanding series") : ended;
}

Result<SelectedSeries> QueryState::Select(const series::SelectRequest& request) {
  const std::unique_ptr<series::SeriesSet> set = TRY(OpenSet(request));
  SelectedSeries selected;
  uint64_t bytes = 0;
  while (true) {
    Result<std::unique_ptr<series::Series>> next = set->Next();
    if (!next.ok()) return ExpandingError(std::move(next).status());
    if (*next == nullptr) break;
    bytes += SeriesBytes(**next);
    selected.series.push_back(std::move(next).value());
    if (selected.series.size() % kSeriesPerCheck == 0) {
      RETURN_IF_ERROR(Check());
      RETURN_IF_ERROR(Charge(bytes, SelectorText(request.matchers)));
      bytes = 0;
    }
  }
  RETURN_IF_ERROR(Charge(bytes, SelectorText(request.matchers)));
  if (selected.series.size() > most_series_) {
    most_series_ = selected.series.size();
    most_series_selector_ = SelectorText(request.matchers);
  }
  KeepWarnings(set->Warnings());
  return selected;
}

void QueryState::KeepWarnings(std::vector<std::string> warnings) {
  for (std::string& warning : warnings) {
    const bool known = std::find(storage_warnings_.begin(), storage_warnings_.end(), warning) != storage_warnings_.end();
    if (!known) storage_warnings_.push_back(std::move(warning));
  }
}

std::vector<std::string> QueryState::TakeStorageWarnings() {
  for (const auto& batches : batches_) {
    if (batches != nullptr) KeepWarnings(batches->Warnings());
  }
  return std::move(storage_warnings_);
}

}  // namespace epi::promql
