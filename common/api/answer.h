// The answer of an API handler, before it becomes an HTTP response.
//
//   {"status":"success","data":…,"warnings":[…],"infos":[…]}
//   {"status":"error","errorType":"bad_data","error":"…","warnings":[…]}
//
// An incomplete answer (an endpoint failed or was lost) also has "completeness" after the warnings; a complete one is
// Prometheus' to the byte. The counts are always in the response header kCompletenessHeader.
//
// Threads: a value.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/source.h"
#include "common/base/status.h"

namespace epi::api {

inline constexpr std::string_view kCompletenessHeader = "X-Epimetheus-Completeness";

// Collects JSON text and hands it on in pieces, so that a large answer never exists as a whole.
class JsonSink {
 public:
  using Write = std::function<Status(std::string_view)>;
  explicit JsonSink(Write write) : write_(std::move(write)) {}

  // Append here, then call Drain() between items.
  std::string* buffer() { return &buffer_; }
  // Hands the buffer on when it is large enough.
  Status Drain() { return buffer_.size() < kPieceBytes ? OkStatus() : Flush(); }
  Status Flush();

 private:
  static constexpr size_t kPieceBytes = 64 * 1024;
  const Write write_;
  std::string buffer_;
};

// How an error is classed for clients.
struct ErrorClass {
  std::string_view type;  // bad_data, execution, timeout, canceled, internal, not_found, unavailable.
  int http_status = 500;
};
ErrorClass ClassifyError(const Status& status);

struct Answer {
  Status error;
  // Writes the value of "data". Empty for answers without data: those are 204 when there is no error.
  std::function<Status(JsonSink*)> write_data;
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
  std::optional<Completeness> completeness;

  static Answer Error(Status status) {
    Answer answer;
    answer.error = std::move(status);
    return answer;
  }
  // Data that is JSON already.
  static Answer Json(std::string data);

  int HttpStatus() const;
  // True when no cache may keep the answer: an error, or something is missing.
  bool NoStore() const { return !error.ok() || (completeness.has_value() && !completeness->complete()); }
  // "answered=3 skipped=1 failed=0 lost=0".
  std::string CompletenessText() const;
  // The whole envelope.
  Status WriteTo(JsonSink* sink) const;
};

}  // namespace epi::api
