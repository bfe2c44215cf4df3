// Reads the JSON of Prometheus' HTTP API: {"status":"success","data":…,"warnings":[…]}.
//
// Errors: DataLoss for what is no JSON or lacks a part; for "status":"error" the error's text, classed by its type.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"

namespace epi::agent {

struct StringList {
  std::vector<std::string> values;
  std::vector<std::string> warnings;
};

// data is a list of strings.
Result<StringList> ParseStringList(std::string body);
// data is a list of label sets; gives each to `sink`, and returns the warnings.
Result<std::vector<std::string>> ParseSeriesList(std::string body,
                                                 const std::function<Status(const labels::Labels&)>& sink);
// data.<key> is a string.
Result<std::string> ParseDataString(std::string body, std::string_view key);
// The error's text of an answer that says "error"; empty when the body is something else.
std::string ParseErrorText(std::string body);

}  // namespace epi::agent
