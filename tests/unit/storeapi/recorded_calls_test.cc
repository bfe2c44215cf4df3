#include "tests/unit/storeapi/recorded_calls.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/bytes.h"
#include "tests/support/catch.h"

namespace epi::storeapi {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

}  // namespace

std::vector<RecordedCall> RecordedCalls(const std::string& method) {
  std::vector<RecordedCall> calls;
  for (const auto& entry : std::filesystem::directory_iterator("tests/golden/storeapi/wire/" + method)) {
    const std::string content = ReadFile(entry.path());
    RecordedCall call{.name = entry.path().stem().string(), .request = {}, .responses = {}};
    ByteReader reader(content);
    for (bool first = true; !reader.empty() && reader.ok(); first = false) {
      reader.Skip(1);
      std::string message(reader.Bytes(reader.U32Be()));
      if (first) {
        call.request = std::move(message);
      } else {
        call.responses.push_back(std::move(message));
      }
    }
    REQUIRE(reader.ok());
    calls.push_back(std::move(call));
  }
  REQUIRE(!calls.empty());
  std::sort(calls.begin(), calls.end(), [](const RecordedCall& a, const RecordedCall& b) { return a.name < b.name; });
  return calls;
}

TEST_CASE("every recorded method has calls") {
  for (const char* method : {"series", "label_names", "label_values", "info"}) CHECK(!RecordedCalls(method).empty());
}

}  // namespace epi::storeapi
