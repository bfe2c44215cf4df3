// Generated blocks as Debian's Prometheus sees them.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>

#include "common/base/str_cat.h"
#include "common/tsdb/block_directory.h"
#include "common/tsdb/block_dump.h"
#include "tests/support/blockgen/generate.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace epi::blockgen {
namespace {

std::string OutputOf(const std::string& command) {
  const auto close = [](FILE* pipe) { pclose(pipe); };
  const std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  REQUIRE(pipe != nullptr);
  std::string out;
  char buffer[1 << 16];
  while (const size_t got = std::fread(buffer, 1, sizeof(buffer), pipe.get())) out.append(buffer, got);
  return out;
}

std::vector<std::string> SortedLines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> OurDump(const std::string& directory) {
  const auto blocks = tsdb::BlockDirectory::Open(directory).value();
  std::string text;
  const auto append = [&](std::string_view piece) {
    text += piece;
    return OkStatus();
  };
  REQUIRE(tsdb::DumpBlocks(Context::Background(), *blocks->Snapshot(), {}, append).ok());
  return SortedLines(text);
}

TEST_CASE("promtool reads generated blocks and dumps the same samples") {
  if (std::system("command -v promtool >/dev/null") != 0) {
    WARN("skipped: promtool is not installed");
    return;
  }
  const TempDir directory;
  GenerateOptions options{.directory = directory.path(), .duration_ms = 4 * 3'600'000};
  options.fleet.shape = Shape::Named("store").value().Scaled(0.004);
  options.fleet.native = true;
  options.fleet.replicas = 2;
  options.fleet.replica_label = "replica";
  const auto blocks = Generate(Context::Background(), options).value();
  const std::string analysis = OutputOf(StrCat("promtool tsdb analyze ", directory.path(), " ", blocks[1].meta.ulid.ToString(), " 2>&1"));
  CHECK(analysis.find("Series: 328\n") != std::string::npos);
  std::filesystem::create_directory(directory.path() + "/wal");
  const std::vector<std::string> theirs = SortedLines(OutputOf(StrCat("promtool tsdb dump ", directory.path())));
  std::vector<std::string> ours = OurDump(directory.path());
  CHECK(ours.size() == 328 * 960);
  // Prometheus 2.42's promtool leaves native histograms out.
  std::erase_if(ours, [](const std::string& line) { return line.find("__name__=\"rpc_duration_seconds\"") != std::string::npos; });
  CHECK(theirs.size() == 324 * 960);
  REQUIRE(theirs.size() == ours.size());
  const auto different = std::mismatch(theirs.begin(), theirs.end(), ours.begin());
  if (different.first != theirs.end()) FAIL("promtool: " << *different.first << "\nours:     " << *different.second);
}

}  // namespace
}  // namespace epi::blockgen
