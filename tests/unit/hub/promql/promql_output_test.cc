// Tables and plots as text: tests/golden/hub/promql_output.txt holds the data, then sections of a request and its output.
//
//   load 1m                         as in PromQL test scripts
//     up{job="a"} 0 1 2
//
//   == table 2m: up                 format, time or start..end/step, expression
//   up{job="a"}  2
//
// UPDATE_GOLDEN=1 rewrites the outputs.

#include <cstdlib>
#include <string>

#include "common/base/duration.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/promql/engine.h"
#include "common/promqltest/script.h"
#include "common/series/memory_storage.h"
#include "hub/promql/result_plot.h"
#include "hub/promql/result_table.h"
#include "tests/support/catch.h"

namespace epi::hub {
namespace {

constexpr const char* kGolden = "tests/golden/hub/promql_output.txt";
constexpr std::string_view kSection = "\n== ";

void Load(std::string_view script, series::MemoryStorage* storage) {
  const auto commands = promqltest::ParseScript(script);
  REQUIRE(commands.ok());
  for (const promqltest::Command& command : *commands) {
    for (const auto& series : std::get<promqltest::LoadCommand>(command).series) {
      REQUIRE(storage->Append(series.labels, series.samples).ok());
    }
  }
}

int64_t MsOf(std::string_view text) { return text == "0" ? 0 : ParseDuration(text).value().count(); }

promql::Value Evaluate(const series::Querier& querier, std::string_view times, std::string_view expr) {
  const promql::Engine engine({.features = promql::Features::All()});
  const size_t dots = times.find("..");
  if (dots == std::string_view::npos) {
    return engine.Instant(Context::Background(), querier, expr, MsOf(times)).value().ToValue();
  }
  const size_t slash = times.find('/');
  const promql::Engine::RangeTimes range{MsOf(times.substr(0, dots)), MsOf(times.substr(dots + 2, slash - dots - 2)),
                                         MsOf(times.substr(slash + 1))};
  return engine.Range(Context::Background(), querier, expr, range).value().ToValue();
}

// `request` is "format times: expression".
std::string Output(const series::Querier& querier, std::string_view request) {
  const size_t space = request.find(' ');
  const size_t colon = request.find(": ");
  const promql::Value value = Evaluate(querier, request.substr(space + 1, colon - space - 1), request.substr(colon + 2));
  if (request.substr(0, space) == "table") return ResultTable(value);
  std::vector<std::string> notes;
  std::string text = ResultPlot(value, {60, 8}, &notes);
  for (const std::string& note : notes) StrAppend(&text, "note: ", note, "\n");
  return text;
}

TEST_CASE("answers are printed as tables and plots") {
  const std::string golden = ReadFile(kGolden).value();
  const std::string_view all = golden;
  size_t at = all.find(kSection);
  series::MemoryStorage storage;
  Load(all.substr(0, at + 1), &storage);
  std::string updated(all.substr(0, at));
  size_t cases = 0;
  while (at != std::string_view::npos) {
    const size_t next = all.find(kSection, at + 1);
    const std::string_view section = all.substr(at, next - at);
    const size_t line_end = section.find('\n', 1);
    const std::string_view request = section.substr(kSection.size(), line_end - kSection.size());
    INFO(request);
    const std::string output = Output(storage, request);
    CHECK(std::string(section.substr(line_end + 1)) == output);
    StrAppend(&updated, kSection, request, "\n", output);
    at = next;
    ++cases;
  }
  CHECK(cases >= 10);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) REQUIRE(WriteFileAtomically(kGolden, updated).ok());
}

}  // namespace
}  // namespace epi::hub
