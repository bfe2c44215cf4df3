// Where in the query text something stands: byte offsets, and how they are shown to people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace epi::promql {

// Bytes [start, end) of the query text.
struct PositionRange {
  int32_t start = 0;
  int32_t end = 0;
  friend bool operator==(const PositionRange&, const PositionRange&) = default;
};

// "line:column" of the range's start, both from 1; the column counts bytes since the last line feed. "unknown position" for an
// empty query, "invalid position" for a start outside of it.
std::string LineColumn(PositionRange position, std::string_view query);

}  // namespace epi::promql
