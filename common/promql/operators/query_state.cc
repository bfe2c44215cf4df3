#include "common/promql/operators/query_state.h"

#include <algorithm>

#include "common/base/str_cat.h"

namespace epi::promql {
namespace {

// Series between two looks at the context while a Select is read.
constexpr size_t kSeriesPerCheck = 128;
// What a series costs besides its labels: the object and its place in lists.
constexpr uint64_t kSeriesBytes = 128;

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
  return charge_.Add(bytes, what);
}

Status QueryState::SelectAll() {
  selected_.reserve(plan_.selects.size());
  for (const series::SelectRequest& request : plan_.selects) selected_.push_back(TRY(Select(request)));
  return OkStatus();
}

const SelectedSeries& QueryState::Selected(const VectorSelector& selector) const {
  return selected_[plan_.select_of.at(&selector)];
}

Result<SelectedSeries> QueryState::Select(const series::SelectRequest& request) {
  RETURN_IF_ERROR(Check());
  const auto expanding = [this](Status status) {
    const Status ended = Check();
    return ended.ok() ? status.WithContext("expanding series") : ended;
  };
  Result<std::unique_ptr<series::SeriesSet>> set = querier_.Select(ctx_, request);
  if (!set.ok()) return expanding(std::move(set).status());
  SelectedSeries selected;
  uint64_t bytes = 0;
  while (true) {
    Result<std::unique_ptr<series::Series>> next = (*set)->Next();
    if (!next.ok()) return expanding(std::move(next).status());
    if (*next == nullptr) break;
    bytes += (*next)->labels().encoded().size() + kSeriesBytes;
    selected.series.push_back(std::move(next).value());
    if (selected.series.size() % kSeriesPerCheck == 0) {
      RETURN_IF_ERROR(Check());
      RETURN_IF_ERROR(Charge(bytes, SelectorText(request.matchers)));
      bytes = 0;
    }
  }
  RETURN_IF_ERROR(Charge(bytes, SelectorText(request.matchers)));
  for (std::string& warning : (*set)->Warnings()) {
    const bool known = std::find(storage_warnings_.begin(), storage_warnings_.end(), warning) != storage_warnings_.end();
    if (!known) storage_warnings_.push_back(std::move(warning));
  }
  return selected;
}

}  // namespace epi::promql
