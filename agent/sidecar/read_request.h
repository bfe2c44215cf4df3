// The request of Prometheus' remote read API: POST /api/v1/read.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "common/labels/matcher.h"

namespace epi::agent {

struct ReadQuery {
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;  // Inclusive.
  labels::Matchers matchers;
  int64_t step_ms = 0;
  int64_t range_ms = 0;
  std::string func;
};

// ReadRequest with one query, asking for streamed chunks and, from servers that know no such thing, samples. Protobuf.
//
//   ReadRequest   1 queries  2 accepted_response_types
//   Query         1 start_timestamp_ms  2 end_timestamp_ms  3 matchers  4 hints
//   LabelMatcher  1 type (0 = 1 != 2 =~ 3 !~)  2 name  3 value
//   ReadHints     1 step_ms  2 func  3 start_ms  4 end_ms  7 range_ms
std::string EncodeReadRequest(const ReadQuery& query);

// The body of the POST: the request as one snappy block.
std::string CompressReadRequest(const ReadQuery& query);

}  // namespace epi::agent
