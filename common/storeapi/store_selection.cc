#include "common/storeapi/store_selection.h"

#include <algorithm>

namespace epi::storeapi {
namespace {

bool AnyMayMatch(const std::vector<labels::Labels>& label_sets, const labels::Matchers& matchers) {
  return label_sets.empty() ||
         std::any_of(label_sets.begin(), label_sets.end(), [&](const labels::Labels& set) { return MayMatch(set, matchers); });
}

bool StoreMatches(const std::string& address, const Info* info, const std::vector<labels::Matchers>& lists) {
  if (lists.empty()) return true;
  return std::any_of(lists.begin(), lists.end(), [&](const labels::Matchers& list) {
    labels::Matchers on_labels;
    for (const labels::Matcher& matcher : list) {
      if (matcher.name() != kAddressLabel) {
        on_labels.push_back(matcher);
      } else if (!matcher.Matches(address)) {
        return false;
      }
    }
    return info == nullptr || AnyMayMatch(info->label_sets, on_labels);
  });
}

}  // namespace

bool MayMatch(const labels::Labels& external_labels, const labels::Matchers& matchers) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const labels::Matcher& matcher) {
    const std::string_view value = external_labels.Get(matcher.name());
    return value.empty() || matcher.Matches(value);
  });
}

Selection SelectStore(const std::string& address, const Info* info, const StoreQuery& query) {
  if (!StoreMatches(address, info, *query.store_matchers)) return Selection::kSkipStoreMatch;
  if (info == nullptr) return Selection::kAsk;
  if (!info->store.has_value()) return Selection::kNoStore;
  const StoreInfo& store = *info->store;
  if (!store.range.Overlaps(query.mint_ms, query.maxt_ms)) return Selection::kSkipTime;
  if (!AnyMayMatch(info->label_sets, *query.matchers)) return Selection::kSkipLabels;
  if (store.tsdb_infos.empty()) return Selection::kAsk;
  // Time and labels must fit in one and the same database.
  bool labels_fit = false;
  for (const TsdbInfo& tsdb : store.tsdb_infos) {
    if (!MayMatch(tsdb.labels, *query.matchers)) continue;
    if (tsdb.range.Overlaps(query.mint_ms, query.maxt_ms)) return Selection::kAsk;
    labels_fit = true;
  }
  return labels_fit ? Selection::kSkipTime : Selection::kSkipLabels;
}

}  // namespace epi::storeapi
