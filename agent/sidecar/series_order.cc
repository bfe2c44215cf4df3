#include "agent/sidecar/series_order.h"

#include <utility>

namespace epi::agent {
namespace {

bool AllNamesBelow(const labels::Labels& own, std::string_view name) {
  for (const labels::Label label : own) {
    if (label.name >= name) return false;
  }
  return true;
}

// True when `longer` starts with all labels of `prefix` and goes on with a name below `name`.
bool ExtendsBelow(const labels::Labels& longer, const labels::Labels& prefix, std::string_view name) {
  auto next = longer.begin();
  for (const labels::Label label : prefix) {
    if (next == longer.end() || *next != label) return false;
    ++next;
  }
  return next != longer.end() && (*next).name < name;
}

}  // namespace

SeriesOrder::SeriesOrder(const labels::Labels& external, Emit emit) : emit_(std::move(emit)) {
  for (const labels::Label label : external) {
    stages_.push_back({std::string(label.name), std::string(label.value), {}});
  }
}

Status SeriesOrder::Push(OrderedSeries series) { return PushStage(0, std::move(series)); }

Status SeriesOrder::PushStage(size_t index, OrderedSeries series) {
  if (index == stages_.size()) return emit_(std::move(series));
  Stage& stage = stages_[index];
  while (!stage.held.empty() && !ExtendsBelow(series.labels, stage.held.back().labels, stage.name)) {
    RETURN_IF_ERROR(Release(index));
  }
  if (AllNamesBelow(series.labels, stage.name)) {
    stage.held.push_back(std::move(series));
    return OkStatus();
  }
  series.labels = series.labels.With({stage.name, stage.value});
  return PushStage(index + 1, std::move(series));
}

Status SeriesOrder::Release(size_t index) {
  Stage& stage = stages_[index];
  OrderedSeries series = std::move(stage.held.back());
  stage.held.pop_back();
  series.labels = series.labels.With({stage.name, stage.value});
  return PushStage(index + 1, std::move(series));
}

Status SeriesOrder::Finish() {
  for (size_t index = 0; index < stages_.size(); ++index) {
    while (!stages_[index].held.empty()) RETURN_IF_ERROR(Release(index));
  }
  return OkStatus();
}

}  // namespace epi::agent
