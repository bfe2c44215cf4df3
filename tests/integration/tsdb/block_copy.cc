#include "tests/integration/tsdb/block_copy.h"

#include "common/base/str_cat.h"
#include "common/tsdb/block_querier.h"
#include "common/tsdb/block_selection.h"
#include "common/tsdb/block_writer.h"
#include "common/tsdb/chunk_iterator.h"

namespace epi {
namespace {

using tsdb::ChunkData;

tsdb::BlockMeta SameRange(const tsdb::BlockMeta& from) {
  tsdb::BlockMeta meta;
  meta.ulid = from.ulid;
  meta.min_time_ms = from.min_time_ms;
  meta.max_time_ms = from.max_time_ms;
  return meta;
}

Result<std::unique_ptr<tsdb::BlockSelection>> AllSeries(const std::shared_ptr<const tsdb::Block>& block) {
  return tsdb::BlockSelection::Make(Context::Background(), block, {}, series::kMinTimeMs, series::kMaxTimeMs);
}

Status RecutSeries(const tsdb::SelectedSeries& series, RecutCounts* counts) {
  std::vector<ChunkData> before;
  for (const tsdb::ChunkMeta& meta : series.chunks) before.push_back(TRY(series.block->chunks().Read(meta.ref)));
  std::vector<tsdb::EncodedChunk> after;
  tsdb::ChunkCutterOptions options;
  options.policy = tsdb::ChunkCutterOptions::Policy::kExplicit;
  tsdb::ChunkCutter cutter(options, &after);
  tsdb::ChunkIterator it;
  for (const ChunkData& chunk : before) {
    if (KindOf(chunk.encoding) != tsdb::SampleKind::kFloat) return InvalidArgumentError("only blocks of floats are cut again");
    RETURN_IF_ERROR(it.Open(chunk));
    cutter.CutBeforeNext();
    while (TRY(it.Next())) it.AppendTo(&cutter);
  }
  cutter.Finish();
  if (after.size() != before.size()) return InternalError(StrCat(before.size(), " chunks became ", after.size()));
  counts->chunks += after.size();
  for (size_t i = 0; i < after.size(); ++i) {
    const bool same_encoding = after[i].encoding == before[i].encoding;
    if (same_encoding && after[i].data == before[i].data) {
      ++counts->equal;
    } else if (same_encoding && after[i].data + '\0' == before[i].data) {
      ++counts->shorter;
    } else {
      ++counts->different;
    }
  }
  return OkStatus();
}

}  // namespace

Status RewriteBlock(const std::shared_ptr<const tsdb::Block>& block, const std::string& to_directory) {
  const tsdb::BlockQuerier querier({block});
  const auto set = TRY(querier.Select(Context::Background(), {}));
  return tsdb::WriteBlock(Context::Background(), to_directory, SameRange(block->meta()), set.get()).status();
}

Status CopyBlock(const std::shared_ptr<const tsdb::Block>& block, const std::string& to_directory) {
  const auto writer = TRY(tsdb::BlockWriter::Create(to_directory, SameRange(block->meta())));
  const auto selection = TRY(AllSeries(block));
  tsdb::SelectedSeries series;
  while (TRY(selection->Next(&series))) {
    std::vector<tsdb::FramedChunk> chunks;
    for (const tsdb::ChunkMeta& meta : series.chunks) chunks.push_back({meta, TRY(block->chunks().ReadFramed(meta.ref))});
    RETURN_IF_ERROR(writer->AddSeries(series.labels, chunks));
  }
  return writer->Finish(Context::Background()).status();
}

Result<RecutCounts> RecutBlock(const std::shared_ptr<const tsdb::Block>& block) {
  const auto selection = TRY(AllSeries(block));
  tsdb::SelectedSeries series;
  RecutCounts counts;
  while (TRY(selection->Next(&series))) RETURN_IF_ERROR(RecutSeries(series, &counts));
  return counts;
}

}  // namespace epi
