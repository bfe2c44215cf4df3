#include "common/promql/position.h"

#include "common/base/str_cat.h"

namespace epi::promql {

std::string LineColumn(PositionRange position, std::string_view query) {
  if (query.empty()) return "unknown position";
  if (position.start < 0 || static_cast<size_t>(position.start) > query.size()) return "invalid position";
  int line = 1;
  int column = 1;
  for (const char c : query.substr(0, static_cast<size_t>(position.start))) {
    ++column;
    if (c != '\n') continue;
    ++line;
    column = 1;
  }
  return StrCat(line, ":", column);
}

}  // namespace epi::promql
