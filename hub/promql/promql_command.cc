#include "hub/promql/promql_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "common/api/answer.h"
#include "common/api/query_json.h"
#include "common/base/clock.h"
#include "common/base/str_cat.h"
#include "common/tsdb/block_directory.h"
#include "hub/promql/promql_flags.h"
#include "hub/promql/result_plot.h"
#include "hub/promql/result_table.h"

namespace epi::hub {
namespace {

// A folder with a meta.json is a block itself.
Result<tsdb::BlockQuerier> OpenBlocks(const std::vector<std::string>& directories) {
  std::vector<std::shared_ptr<const tsdb::Block>> blocks;
  std::vector<std::string> warnings;
  for (const std::string& directory : directories) {
    if (access(StrCat(directory, "/meta.json").c_str(), F_OK) == 0) {
      blocks.push_back(TRY(tsdb::Block::Open(directory)));
      continue;
    }
    const auto opened = TRY(tsdb::BlockDirectory::Open(directory));
    const auto snapshot = opened->Snapshot();
    if (snapshot->blocks().empty() && snapshot->warnings().empty()) return NotFoundError(StrCat("no blocks in ", directory));
    blocks.insert(blocks.end(), snapshot->blocks().begin(), snapshot->blocks().end());
    warnings.insert(warnings.end(), snapshot->warnings().begin(), snapshot->warnings().end());
  }
  return tsdb::BlockQuerier(std::move(blocks), std::move(warnings));
}

DataRange RangeOf(const tsdb::BlockQuerier& querier) {
  DataRange range{INT64_MAX, INT64_MIN};
  for (const auto& block : querier.blocks()) {
    range.first_ms = std::min(range.first_ms, block->meta().min_time_ms);
    // The end of a block is exclusive.
    range.last_ms = std::max(range.last_ms, block->meta().max_time_ms - 1);
  }
  return querier.blocks().empty() ? DataRange() : range;
}

Status WriteStdout(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return UnavailableError("standard output cannot be written");
  return OkStatus();
}

Status PrintJson(promql::QueryResult result, const promql::AnnotationStrings& annotations) {
  api::Answer answer;
  answer.warnings = result.storage_warnings;
  answer.warnings.insert(answer.warnings.end(), annotations.warnings.begin(), annotations.warnings.end());
  answer.infos = annotations.infos;
  answer.write_data = [&result](api::JsonSink* sink) { return api::WriteQueryData(result, {}, {}, sink); };
  api::JsonSink sink(WriteStdout);
  RETURN_IF_ERROR(answer.WriteTo(&sink));
  return WriteStdout("\n");
}

void PrintNotes(std::string_view kind, const std::vector<std::string>& notes) {
  for (const std::string& note : notes) std::fprintf(stderr, "%s%s\n", std::string(kind).c_str(), note.c_str());
}

Status Print(const PromqlFlags& flags, promql::QueryResult result) {
  const promql::AnnotationStrings annotations = result.annotations.Strings(flags.expr);
  PrintNotes("warning: ", result.storage_warnings);
  PrintNotes("", annotations.warnings);
  PrintNotes("", annotations.infos);
  if (flags.format == "json") return PrintJson(std::move(result), annotations);
  const promql::Value value = result.ToValue();
  if (flags.format == "table") return WriteStdout(ResultTable(value));
  std::vector<std::string> notes;
  const std::string plot = ResultPlot(value, {flags.plot_width, flags.plot_height}, &notes);
  PrintNotes("note: ", notes);
  return WriteStdout(plot);
}

Status RunPromql(const PromqlFlags& flags) {
  const promql::Engine engine(TRY(flags.EngineOptions()));
  const tsdb::BlockQuerier querier = TRY(OpenBlocks(flags.blocks));
  const QueryTimes times = TRY(ChooseTimes(flags, RangeOf(querier), Clock::System().NowMs()));
  const promql::Engine::RangeTimes range{times.start_ms, times.end_ms, std::max<int64_t>(times.step_ms, 1)};
  if (flags.explain) return WriteStdout(TRY(engine.Explain(flags.expr, range)));
  MemoryAccount memory("query", flags.query_memory_max.bytes);
  const Context ctx = Context::Background().WithTimeout(flags.timeout).WithMemory(&memory);
  auto result = times.step_ms == 0 ? engine.Instant(ctx, querier, flags.expr, times.start_ms)
                                   : engine.Range(ctx, querier, flags.expr, range);
  if (!result.ok()) return result.status();
  return Print(flags, std::move(*result));
}

}  // namespace

void AddPromqlCommand(config::Command* root, process::CommandRuns* runs) {
  config::Command* command = root->AddCommand("promql", "Evaluate a PromQL expression over a directory of blocks.");
  auto flags = std::make_shared<PromqlFlags>();
  flags->Register(command);
  (*runs)[command] = [flags](const config::Command&) { return RunPromql(*flags); };
}

}  // namespace epi::hub
