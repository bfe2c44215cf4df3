// labels, label/<name>/values and series.
//
// Contract: several match[] are a union. `limit` cuts the answer and says so in a warning. Answers are sorted, each item once.
// Threads:  methods are safe from any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/api/answer.h"
#include "common/api/query_request.h"
#include "common/api/request_params.h"
#include "common/api/source.h"
#include "common/base/clock.h"
#include "common/base/context.h"

namespace epi::api {

struct MetadataHandlerOptions {
  OpenSource open_source;
  QueryDefaults defaults;
  const Clock* clock = &Clock::System();
  MemoryAccount* process_memory = nullptr;  // May be null.
  // Start of requests that name none is so long before now; zero: all time.
  std::chrono::milliseconds default_range{0};
  std::chrono::milliseconds timeout_max{std::chrono::minutes(2)};
  uint64_t request_bytes_max = 256ULL << 20;
};

class MetadataHandler {
 public:
  explicit MetadataHandler(MetadataHandlerOptions options) : options_(std::move(options)) {}

  Answer LabelNames(const Context& ctx, const RequestParams& params) const;
  // `name` as it stands in the path; U__ escapes are understood.
  Answer LabelValues(const Context& ctx, std::string_view name, const RequestParams& params) const;
  Answer Series(const Context& ctx, const RequestParams& params) const;

 private:
  struct Request;
  Result<Request> Parse(const RequestParams& params) const;
  template <typename Call>
  Answer RunLabels(const Context& ctx, const Request& request, Call call) const;

  const MetadataHandlerOptions options_;
};

}  // namespace epi::api
