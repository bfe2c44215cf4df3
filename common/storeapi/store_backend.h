// StoreBackend: what a process must be able to do to be served over the Store API. A sidecar, a gateway, a receiver and the
// proxy over all of them implement it; StoreServer puts it on the network.
//
// Contract: Series() hands series to the sink in label order, each series' chunks ordered by mint_ms; one series may be cut
//           into several consecutive ones. Chunk bytes are those stored. Removing labels of request.without_replica_labels
//           is the sink's work; a backend whose external labels are among them does better to leave those out itself, before
//           it sorts, because the sink must buffer what needs sorting. Sharding and request.limit are the sink's work too.
// Threads:  any number of calls at once.
// Units:    times are Unix milliseconds, inclusive at both ends.
// Errors:   InvalidArgument for matchers that cannot be answered. A part that cannot be read is a warning to the sink with
//           PartialResponse::kWarn, else the error.
#pragma once

#include <string_view>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/storeapi/wire_info.h"
#include "common/storeapi/wire_request.h"

namespace epi::storeapi {

// Takes the answer to one Series call. One thread.
class SeriesSink {
 public:
  virtual ~SeriesSink() = default;

  // `encoded` is a Series message (AppendLabels() with these labels, then AppendChunk()) with `chunks` chunks; it is copied.
  // An error (limit reached, client gone) ends the call: return it.
  virtual Status Series(const Context& ctx, const labels::Labels& labels, std::string_view encoded, size_t chunks) = 0;
  virtual Status Warning(const Context& ctx, std::string_view warning) = 0;
  // An encoded Any.
  virtual Status Hints(const Context& ctx, std::string_view any) = 0;
  // The request's limit is reached: what follows is dropped, so the backend may stop.
  virtual bool full() const = 0;
};

class StoreBackend {
 public:
  virtual ~StoreBackend() = default;

  virtual Status Series(const Context& ctx, const SeriesRequest& request, SeriesSink* sink) = 0;
  // Sorted, unique.
  virtual Result<LabelsResponse> LabelNames(const Context& ctx, const LabelsRequest& request) = 0;
  virtual Result<LabelsResponse> LabelValues(const Context& ctx, const LabelsRequest& request) = 0;
  // What this component serves now. An error makes clients count it as unhealthy.
  virtual Result<epi::storeapi::Info> Info(const Context& ctx) = 0;
};

}  // namespace epi::storeapi
