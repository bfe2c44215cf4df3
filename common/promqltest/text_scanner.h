// Reads words, numbers and punctuation off the front of a text.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/status.h"

namespace epi::promqltest {

class TextScanner {
 public:
  explicit TextScanner(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool TakeIf(std::string_view prefix);
  // Spaces and tabs; false when there are none.
  bool SkipSpace();
  // Up to the next space, which is not taken.
  std::string_view TakeField();
  // Letters and underscores; may be empty.
  std::string_view TakeWord();
  // A number as 5, -1.5e3, +Inf or NaN. Decimal only: x is the sign of repetition.
  Result<double> TakeNumber();
  Result<int64_t> TakeInteger();
  // The 3 of x3, after the x.
  Result<uint64_t> TakeCount();
  // InvalidArgument "message at "rest of the text"".
  Status Error(std::string_view message) const;

 private:
  size_t NumberSize() const;

  std::string_view rest_;
};

}  // namespace epi::promqltest
