// Reads the JSON of Prometheus' HTTP API: {"status":"success","data":…,"warnings":[…]}.
//
// Errors: DataLoss for what is no JSON or lacks a part; for "status":"error" the error's text, classed by its type.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/sidecar/data_elements.h"
#include "common/base/status.h"
#include "common/labels/labels.h"

namespace epi::agent {

struct StringList {
  std::vector<std::string> values;
  std::vector<std::string> warnings;
};

// data is a list of strings.
Result<StringList> ParseStringList(std::string body);
// data is a list of label sets. Each is given to the sink as it arrives; the list is never held.
class SeriesListReader {
 public:
  using LabelsSink = std::function<Status(const labels::Labels&)>;
  explicit SeriesListReader(LabelsSink sink);
  ~SeriesListReader();

  // Errors: also the sink's.
  Status Feed(std::string_view bytes) { return elements_.Feed(bytes); }
  // The warnings. Fails when the body ended too soon.
  Result<std::vector<std::string>> Finish();

 private:
  struct ElementParser;
  const std::unique_ptr<ElementParser> parser_;
  DataElements elements_;
};
// data.<key> is a string.
Result<std::string> ParseDataString(std::string body, std::string_view key);
// The error's text of an answer that says "error"; empty when the body is something else.
std::string ParseErrorText(std::string body);

}  // namespace epi::agent
