#include "common/tsdb/block_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "common/base/errno_status.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/tsdb/block_folder.h"
#include "common/tsdb/block_verify.h"
#include "common/tsdb/chunk_segment_reader.h"

namespace epi::tsdb {
namespace {

namespace fs = std::filesystem;

// Length, encoding and checksum around a chunk's data, at most.
constexpr uint64_t kChunkFrameBytesMax = 5 + 1 + kChunkChecksumBytes;

}  // namespace

BlockWriter::BlockWriter(std::string directory, BlockMeta meta, const BlockWriterOptions& options)
    : directory_(std::move(directory)),
      path_(StrCat(directory_, "/", meta.ulid.ToString())),
      temporary_path_(StrCat(path_, kCreationSuffix)),
      options_(options),
      range_from_chunks_(meta.min_time_ms == meta.max_time_ms),
      meta_(std::move(meta)),
      cutter_(options.cutter, &encoded_) {
  meta_.stats = {};
}

Result<std::unique_ptr<BlockWriter>> BlockWriter::Create(std::string directory, BlockMeta meta,
                                                         const BlockWriterOptions& options) {
  std::unique_ptr<BlockWriter> writer(new BlockWriter(std::move(directory), std::move(meta), options));
  RETURN_IF_ERROR(writer->Begin());
  return writer;
}

Status BlockWriter::Begin() {
  if (meta_.ulid.is_zero()) return InvalidArgumentError("a block needs a ULID");
  std::error_code error;
  if (fs::exists(path_, error)) {
    published_ = true;  // Not ours: leave the folder alone.
    return AlreadyExistsError(StrCat(path_, ": there is a block of this name"));
  }
  fs::remove_all(temporary_path_, error);
  const std::string chunks_path = StrCat(temporary_path_, "/", kChunksFolderName);
  RETURN_IF_ERROR(MakeDirectories(chunks_path));
  chunks_ = TRY(ChunkSegmentWriter::Create(chunks_path, options_.segment_bytes_max));
  index_ = TRY(IndexWriter::Create(StrCat(temporary_path_, "/", kIndexFileName), options_.index));
  return OkStatus();
}

BlockWriter::~BlockWriter() {
  if (published_) return;
  std::error_code error;
  fs::remove_all(temporary_path_, error);
}

Status BlockWriter::AddSeries(const labels::Labels& series, series::SampleCursor* samples) {
  encoded_.clear();
  for (;;) {
    const series::SampleBatch* batch = TRY(samples->Next());
    if (batch == nullptr) break;
    for (size_t i = 0; i < batch->size(); ++i) {
      const int64_t start_ms = batch->start_times_ms.empty() ? 0 : batch->start_times_ms[i];
      if (batch->is_histogram()) {
        cutter_.Append(start_ms, batch->times_ms[i], batch->histograms[i]);
      } else {
        cutter_.Append(start_ms, batch->times_ms[i], batch->values[i]);
      }
    }
  }
  cutter_.Finish();
  return AddSeries(series, encoded_);
}

Status BlockWriter::AddSeries(const labels::Labels& series, std::span<const EncodedChunk> chunks) {
  placed_.clear();
  for (const EncodedChunk& chunk : chunks) {
    const ChunkRef ref = TRY(chunks_->Write(chunk.view()));
    RETURN_IF_ERROR(Place({chunk.mint_ms, chunk.maxt_ms, ref}, ref, chunk.view()));
  }
  return AddToIndex(series);
}

Status BlockWriter::AddSeries(const labels::Labels& series, std::span<const FramedChunk> chunks) {
  placed_.clear();
  for (const FramedChunk& chunk : chunks) {
    size_t framed_bytes = 0;
    size_t need_bytes = 0;
    const ChunkData data = TRY(ParseFramedChunk(chunk.framed, true, &framed_bytes, &need_bytes));
    if (framed_bytes != chunk.framed.size()) return InvalidArgumentError("bytes behind the frame of a chunk");
    RETURN_IF_ERROR(Place(chunk.meta, TRY(chunks_->WriteFramed(chunk.framed)), data));
  }
  return AddToIndex(series);
}

Status BlockWriter::Place(const ChunkMeta& times, ChunkRef ref, const ChunkData& data) {
  const bool outside = times.mint_ms < meta_.min_time_ms || times.maxt_ms >= meta_.max_time_ms;
  if (outside && !range_from_chunks_) {
    return InvalidArgumentError(StrCat("chunk of ", times.mint_ms, " to ", times.maxt_ms, " is outside the block"));
  }
  const uint32_t samples = TRY(SampleCount(data));
  const bool first = meta_.stats.chunks == 0;
  mint_ms_ = first ? times.mint_ms : std::min(mint_ms_, times.mint_ms);
  maxt_ms_ = first ? times.maxt_ms : std::max(maxt_ms_, times.maxt_ms);
  ++meta_.stats.chunks;
  meta_.stats.samples += samples;
  const SampleKind kind = KindOf(data.encoding);
  if (kind == SampleKind::kFloat) meta_.stats.float_samples += samples;
  if (kind == SampleKind::kHistogram || kind == SampleKind::kFloatHistogram) meta_.stats.histogram_samples += samples;
  chunk_bytes_max_ = std::max<uint64_t>(chunk_bytes_max_, data.data.size() + kChunkFrameBytesMax);
  placed_.push_back({times.mint_ms, times.maxt_ms, ref});
  return OkStatus();
}

Status BlockWriter::AddToIndex(const labels::Labels& series) {
  if (placed_.empty()) return OkStatus();
  ++meta_.stats.series;
  return index_->AddSeries(series, placed_);
}

void BlockWriter::CompleteMeta() {
  if (range_from_chunks_ && meta_.stats.chunks > 0) {
    meta_.min_time_ms = mint_ms_;
    meta_.max_time_ms = maxt_ms_ + 1;
  }
  if (meta_.compaction.level == 0) meta_.compaction.level = 1;
  if (meta_.compaction.sources.empty()) meta_.compaction.sources.push_back(meta_.ulid);
  if (!meta_.thanos) return;
  // Those given are of the block that this one was made from.
  meta_.thanos->files.clear();
  meta_.thanos->segment_files.clear();
  meta_.thanos->series_max_size = static_cast<int64_t>(index_->series_bytes_max());
  meta_.thanos->chunk_max_size = static_cast<int64_t>(chunk_bytes_max_);
}

Result<BlockMeta> BlockWriter::Finish(const Context& ctx) {
  RETURN_IF_ERROR(ctx.Check());
  RETURN_IF_ERROR(chunks_->Finish());
  RETURN_IF_ERROR(index_->Finish());
  CompleteMeta();
  RETURN_IF_ERROR(WriteFileAtomically(StrCat(temporary_path_, "/", kMetaFileName), meta_.Encode()));
  RETURN_IF_ERROR(Publish(ctx));
  return meta_;
}

Status BlockWriter::Publish(const Context& ctx) {
  if (options_.verify) {
    const BlockVerifyOptions structure = {.decode_samples = false, .progress = {}};
    RETURN_IF_ERROR(TRY(VerifyBlock(ctx, temporary_path_, structure)).ToStatus());
  }
  RETURN_IF_ERROR(SyncDirectory(temporary_path_));
  if (std::rename(temporary_path_.c_str(), path_.c_str()) != 0) {
    return ErrnoError(errno, StrCat("rename ", temporary_path_, " to ", path_));
  }
  published_ = true;
  return SyncDirectory(directory_);
}

Result<BlockMeta> WriteBlock(const Context& ctx, const std::string& directory, const BlockMeta& meta,
                             series::SeriesSet* set, const BlockWriterOptions& options) {
  const std::unique_ptr<BlockWriter> writer = TRY(BlockWriter::Create(directory, meta, options));
  std::unique_ptr<series::SampleCursor> cursor;
  for (;;) {
    RETURN_IF_ERROR(ctx.Check());
    const std::unique_ptr<series::Series> series = TRY(set->Next());
    if (series == nullptr) break;
    cursor = TRY(series->Samples(std::move(cursor)));
    RETURN_IF_ERROR(writer->AddSeries(series->labels(), cursor.get()));
  }
  return writer->Finish(ctx);
}

}  // namespace epi::tsdb
