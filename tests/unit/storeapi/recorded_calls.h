// Recorded calls of tests/golden/storeapi/wire: a request and its responses.
#pragma once

#include <string>
#include <vector>

namespace epi::storeapi {

struct RecordedCall {
  std::string name;
  std::string request;
  std::vector<std::string> responses;
};

// All calls of one method: "series", "label_names", "label_values", "info". Fails the test when there are none.
std::vector<RecordedCall> RecordedCalls(const std::string& method);

}  // namespace epi::storeapi
