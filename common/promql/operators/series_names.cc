#include "common/promql/operators/series_names.h"

namespace epi::promql {
namespace {

const std::vector<std::string>& ReservedLabels() {
  static const auto* const names = new std::vector<std::string>{"__name__", "__type__", "__unit__"};
  return *names;
}

}  // namespace

labels::Labels DropReservedLabels(const labels::Labels& labels) { return labels.Without(ReservedLabels()); }

SeriesMeta DropName(const SeriesMeta& series, bool delayed) {
  if (delayed) return {series.labels, true};
  return {DropReservedLabels(series.labels), false};
}

std::vector<SeriesMeta> DropNames(const std::vector<SeriesMeta>& series, bool delayed) {
  std::vector<SeriesMeta> out;
  out.reserve(series.size());
  for (const SeriesMeta& one : series) out.push_back(DropName(one, delayed));
  return out;
}

}  // namespace epi::promql
