// Rows of cells as text, columns padded to the same width: what a person reads on a terminal.
#pragma once

#include <string>
#include <vector>

namespace epi::tsdb {

// The first row is the header. Two spaces between columns, none at the end of a line.
std::string FormatTable(const std::vector<std::vector<std::string>>& rows);

}  // namespace epi::tsdb
