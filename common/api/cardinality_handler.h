// status/tsdb: which metrics, labels and values make the most series.
//
// Contract: counted over the series of all endpoints in [start, end], by default the last two hours, which is about what a Prometheus
//           calls its head. match[] narrows it down, `limit` is the length of each list (10). Chunks are not counted: 0.
// Threads:  methods are safe from any thread.
#pragma once

#include "common/api/answer.h"
#include "common/api/metadata_handler.h"
#include "common/api/request_params.h"
#include "common/base/context.h"

namespace epi::api {

class CardinalityHandler {
 public:
  explicit CardinalityHandler(MetadataHandlerOptions options) : options_(std::move(options)) {}

  Answer Status(const Context& ctx, const RequestParams& params) const;

 private:
  const MetadataHandlerOptions options_;
};

}  // namespace epi::api
