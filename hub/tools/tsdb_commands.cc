#include "hub/tools/tsdb_commands.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "common/base/str_cat.h"
#include "common/promql/parse.h"
#include "common/tsdb/block_analyze.h"
#include "common/tsdb/block_directory.h"
#include "common/tsdb/block_dump.h"
#include "common/tsdb/block_list.h"
#include "common/tsdb/block_verify.h"

namespace epi::hub {
namespace {

struct TsdbOptions {
  std::vector<std::string> directories;
  std::string format = "text";
  std::string match = "{__name__=~\".*\"}";
  int64_t mint_ms = series::kMinTimeMs;
  int64_t maxt_ms = series::kMaxTimeMs;
  int64_t limit = 20;
  bool structure_only = false;
};

Status Print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return UnavailableError("cannot write to stdout");
  return OkStatus();
}

// "block 2 of 7: 45 %" on one line that is written over, on a terminal only.
class ProgressLine {
 public:
  ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}
  void Show(const std::string& text) const {
    if (terminal_) std::fprintf(stderr, "\r\033[K%s", text.c_str());
  }
  void Clear() const { Show(""); }

 private:
  const bool terminal_;
};

// The blocks that `directory` is or holds.
Result<std::vector<std::string>> BlockPaths(const std::string& directory) {
  if (tsdb::BlockMeta::Read(directory).status().code() != StatusCode::kNotFound) return std::vector<std::string>{directory};
  std::vector<std::string> paths;
  for (const tsdb::BlockFolder& folder : TRY(tsdb::ListBlockFolders(directory))) {
    if (folder.kind == tsdb::FolderKind::kBlock) paths.push_back(StrCat(directory, "/", folder.name));
  }
  if (paths.empty()) return NotFoundError(StrCat(directory, ": no blocks here"));
  return paths;
}

Result<std::vector<std::string>> AllBlockPaths(const TsdbOptions& options) {
  std::vector<std::string> all;
  for (const std::string& directory : options.directories) {
    for (std::string& path : TRY(BlockPaths(directory))) all.push_back(std::move(path));
  }
  return all;
}

Status Verify(const TsdbOptions& options) {
  const std::vector<std::string> paths = TRY(AllBlockPaths(options));
  const ProgressLine progress;
  uint64_t bad = 0;
  for (size_t i = 0; i < paths.size(); ++i) {
    tsdb::BlockVerifyOptions verify;
    verify.decode_samples = !options.structure_only;
    verify.progress = [&](double part) {
      progress.Show(StrCat("block ", i + 1, " of ", paths.size(), ": ", static_cast<int>(part * 100), " %"));
    };
    const tsdb::BlockVerification found = TRY(tsdb::VerifyBlock(Context::Background(), paths[i], verify));
    progress.Clear();
    std::string text = StrCat(paths[i], found.ok() ? ": ok" : ": BAD", ", ", found.stats.series, " series, ",
                              found.stats.chunks, " chunks, ", found.stats.samples, " samples\n");
    for (const std::string& problem : found.problems) StrAppend(&text, "  ", problem, "\n");
    if (found.problem_count > found.problems.size()) {
      StrAppend(&text, "  … and ", found.problem_count - found.problems.size(), " more\n");
    }
    RETURN_IF_ERROR(Print(text));
    bad += found.ok() ? 0 : 1;
  }
  if (bad > 0) return DataLossError(StrCat(bad, " of ", paths.size(), " blocks are bad"));
  return OkStatus();
}

Status Dump(const TsdbOptions& options) {
  std::vector<std::shared_ptr<const tsdb::Block>> blocks;
  for (const std::string& path : TRY(AllBlockPaths(options))) blocks.push_back(TRY(tsdb::Block::Open(path)));
  tsdb::DumpRequest request;
  request.format = options.format == "openmetrics" ? tsdb::DumpFormat::kOpenMetrics : tsdb::DumpFormat::kText;
  request.mint_ms = options.mint_ms;
  request.maxt_ms = options.maxt_ms;
  request.matchers = TRY(promql::ParseMetricSelector(options.match));
  return tsdb::DumpBlocks(Context::Background(), tsdb::BlockQuerier(std::move(blocks)), request, Print);
}

Status List(const TsdbOptions& options) {
  for (const std::string& directory : options.directories) {
    RETURN_IF_ERROR(Print(tsdb::FormatBlockList(TRY(tsdb::ListBlocks(directory)))));
  }
  return OkStatus();
}

Status Analyze(const TsdbOptions& options) {
  for (const std::string& path : TRY(AllBlockPaths(options))) {
    const std::shared_ptr<const tsdb::Block> block = TRY(tsdb::Block::Open(path));
    const auto analysis =
        TRY(tsdb::AnalyzeBlock(Context::Background(), *block, static_cast<size_t>(std::max<int64_t>(options.limit, 0))));
    RETURN_IF_ERROR(Print(tsdb::FormatAnalysis(*block, analysis)));
  }
  return OkStatus();
}

}  // namespace

void AddTsdbCommands(config::Command* tools, process::CommandRuns* runs) {
  config::Command* tsdb = tools->AddCommand("tsdb", "Looks into TSDB directories and blocks.");
  const auto add = [&](const char* name, const char* help, Status (*run)(const TsdbOptions&),
                       const std::shared_ptr<TsdbOptions>& options) {
    config::Command* command = tsdb->AddCommand(name, help);
    command->AddArgument("dir", "TSDB directory, or the folder of one block.", &options->directories);
    (*runs)[command] = [options, run](const config::Command&) { return run(*options); };
    return command;
  };
  auto options = std::make_shared<TsdbOptions>();
  add("verify", "Checks every byte of every block.", Verify, options)
      ->Add("structure-only", "Check checksums, order and counts, but decode no samples.", &options->structure_only);
  options = std::make_shared<TsdbOptions>();
  config::Command* dump = add("dump", "Prints every sample.", Dump, options);
  dump->Add("format", "Form of the text.", &options->format).Choices({"text", "openmetrics"});
  dump->Add("match", "Series selector.", &options->match);
  dump->Add("min-time", "Nothing older is served. RFC 3339 or a duration relative to now, such as -1d or 2h45m.", &options->mint_ms);
  dump->Add("max-time", "Last time, in Unix milliseconds.", &options->maxt_ms);
  add("ls", "Prints a table of the blocks.", List, std::make_shared<TsdbOptions>());
  options = std::make_shared<TsdbOptions>();
  add("analyze", "Prints which labels and metrics a block spends its series on.", Analyze, options)
      ->Add("limit", "Entries of each ranking.", &options->limit);
}

}  // namespace epi::hub
