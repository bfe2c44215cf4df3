// Lines are arguments: parsing ends in a command, a text or an error.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/check.h"
#include "common/config/flags.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi;          // NOLINT
  using namespace epi::config;  // NOLINT
  Command root("epi", "A program.");
  std::string text;
  std::vector<std::string> list;
  bool flag = false;
  std::chrono::milliseconds timeout{1};
  ByteSize bytes;
  TimeOrOffset time = TimeOrOffset::At(0);
  double number = 0;
  std::string engine = "a";
  root.Add("text", "Text.", &text).Short('t').Alias("old");
  root.Add("bool", "Bool.", &flag).Short('b');
  Command* child = root.AddCommand("run", "Run.");
  child->Add("list", "List.", &list);
  child->Add("timeout", "Timeout.", &timeout);
  child->Add("bytes", "Bytes.", &bytes);
  child->Add("time", "Time.", &time);
  child->Add("number", "Number.", &number);
  child->Add("engine", "Engine.", &engine).Choices({"a", "b"});
  child->AddArgument("rest", "Rest.", &list);
  root.SetDefault(child);
  std::vector<std::string> args;
  std::string_view input(reinterpret_cast<const char*>(data), size);  // NOLINT
  while (!input.empty()) {
    const size_t end = std::min(input.find('\n'), input.size());
    // Files of the machine are not part of the input.
    if (!input.starts_with('@')) args.emplace_back(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  const Result<ParsedCommandLine> parsed = ParseCommandLine(&root, args, "v");
  CHECK(!parsed.ok() || parsed->command != nullptr);
  if (!parsed.ok()) CHECK(!parsed.status().message().empty());
  FlagValues(*child);
  return 0;
}
