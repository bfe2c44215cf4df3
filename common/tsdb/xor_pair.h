// Two XOR chunks decoded at once, which takes little more time than one. See xor_lane.h.
//
// Threads:  pure.
// Errors:   of each chunk alone, as of DecodeXor().
#pragma once

#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/float_columns.h"

namespace epi::tsdb {

struct XorPairStatus {
  Status first;
  Status second;
};
XorPairStatus DecodeXorPair(std::string_view first, std::string_view second, FloatColumns* first_out, FloatColumns* second_out);

}  // namespace epi::tsdb
