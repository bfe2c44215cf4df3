// Takes the elements of "data" out of an answer of Prometheus' HTTP API while its bytes arrive.
//
//   {"status":"success","data":[{…},{…}],"warnings":[…]}
//                               └─┬─┘ └─┬─┘
//                               each to the sink         the rest is kept: {"status":"success","data":[],"warnings":[…]}
//
// Contract: elements are objects or lists; each is given to the sink as text, once, in order. What is cut out is balanced, and no
//           more is promised: the sink parses elements, the caller parses the rest, and both find what is no JSON.
// Threads:  none.
// Owns:     the element in progress and the rest, both bounded.
// Errors:   DataLoss when either grows too large; the sink's.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::agent {

inline constexpr size_t kElementBytesMax = size_t{4} << 20;
inline constexpr size_t kRestBytesMax = size_t{4} << 20;

class DataElements {
 public:
  using Sink = std::function<Status(std::string_view element)>;
  explicit DataElements(Sink sink) : sink_(std::move(sink)) {}

  Status Feed(std::string_view bytes);
  const std::string& rest() const { return rest_; }

 private:
  // Where the next byte belongs.
  enum class Place { kOutside, kList, kElement };

  // Each reads bytes of its place from `at` on, and returns where it stopped.
  Result<size_t> ReadOutside(std::string_view bytes, size_t at);
  Result<size_t> ReadList(std::string_view bytes, size_t at);
  Result<size_t> ReadElement(std::string_view bytes, size_t at);
  // Follows strings and brackets over one byte; skips plain text inside strings. Returns the next position.
  size_t Step(std::string_view bytes, size_t at);

  const Sink sink_;
  Place place_ = Place::kOutside;
  int depth_ = 0;  // Open brackets: of the document outside, of the element inside one.
  bool in_string_ = false;
  bool escaped_ = false;
  std::string element_;  // Its bytes of earlier pieces.
  std::string rest_;
};

}  // namespace epi::agent
