#include "common/tsdb/block_verify.h"

#include <algorithm>

#include "common/base/str_cat.h"
#include "common/tsdb/block.h"
#include "common/tsdb/chunk_iterator.h"
#include "common/tsdb/index_verify.h"

namespace epi::tsdb {
namespace {

constexpr uint32_t kChunksPerCheck = 1024;

class BlockVerifier {
 public:
  BlockVerifier(const Context& ctx, const Block& block, const BlockVerifyOptions& options, BlockVerification* out)
      : ctx_(ctx), block_(block), options_(options), out_(out) {}

  Status Run() {
    RETURN_IF_ERROR(VerifyIndex(
        ctx_, block_.index(),
        [this](SeriesId id, const labels::Labels& labels, const SeriesEntry& entry) { VerifySeries(id, labels, entry); },
        out_));
    RETURN_IF_ERROR(VerifySegments());
    VerifyTombstones();
    VerifyCounts();
    return OkStatus();
  }

 private:
  void Problem(const labels::Labels& labels, std::string_view what) {
    out_->AddProblem(StrCat(block_.directory(), ": series ", labels.ToString(), ": ", what));
  }

  void VerifySeries(SeriesId id, const labels::Labels& labels, const SeriesEntry& entry) {
    ++out_->stats.series;
    ids_.push_back(id);
    if (entry.chunks.empty()) Problem(labels, "has no chunks");
    int64_t last_maxt_ms = 0;
    for (size_t i = 0; i < entry.chunks.size(); ++i) {
      const ChunkMeta& chunk = entry.chunks[i];
      ++out_->stats.chunks;
      refs_.push_back(chunk.ref.value);
      if (i > 0 && chunk.mint_ms <= last_maxt_ms) Problem(labels, StrCat("chunk ", ToString(chunk.ref), " overlaps the one before"));
      last_maxt_ms = chunk.maxt_ms;
      if (chunk.mint_ms < block_.meta().min_time_ms || chunk.maxt_ms >= block_.meta().max_time_ms) {
        Problem(labels, StrCat("chunk ", ToString(chunk.ref), " is outside the time range of the block"));
      }
      if (chunk.ref < last_ref_) Problem(labels, StrCat("chunk ", ToString(chunk.ref), " lies before the chunk of an earlier series"));
      last_ref_ = chunk.ref;
      VerifyChunk(labels, chunk);
    }
  }

  void VerifyChunk(const labels::Labels& labels, const ChunkMeta& chunk) {
    const Result<ChunkData> data = block_.chunks().Read(chunk.ref);
    const Result<uint32_t> samples = data.ok() ? SampleCount(*data) : Result<uint32_t>(data.status());
    if (!samples.ok()) return Problem(labels, samples.status().message());
    out_->stats.samples += *samples;
    const SampleKind kind = KindOf(data->encoding);
    if (kind == SampleKind::kFloat) out_->stats.float_samples += *samples;
    if (kind == SampleKind::kHistogram || kind == SampleKind::kFloatHistogram) out_->stats.histogram_samples += *samples;
    if (!options_.decode_samples || kind == SampleKind::kNone) return;
    const Status decoded = VerifySamples(chunk, *data, *samples);
    if (!decoded.ok()) Problem(labels, StrCat("chunk ", ToString(chunk.ref), ": ", decoded.message()));
  }

  Status VerifySamples(const ChunkMeta& chunk, const ChunkData& data, uint32_t samples) {
    RETURN_IF_ERROR(iterator_.Open(data));
    uint32_t seen = 0;
    int64_t last_ms = 0;
    while (TRY(iterator_.Next())) {
      const int64_t t_ms = iterator_.t_ms();
      if (seen == 0 && t_ms != chunk.mint_ms) return DataLossError("first sample is not where the index says");
      if (seen > 0 && t_ms <= last_ms) return DataLossError("times do not increase");
      last_ms = t_ms;
      ++seen;
    }
    if (seen != samples) return DataLossError(StrCat("has ", seen, " samples, not ", samples));
    if (seen > 0 && last_ms != chunk.maxt_ms) return DataLossError("last sample is not where the index says");
    return OkStatus();
  }

  // Checks every chunk of every segment, and that references (sorted) point at chunk starts.
  Status VerifySegments() {
    std::sort(refs_.begin(), refs_.end());
    auto ref = refs_.begin();
    uint64_t checked = 0;
    for (uint32_t segment = 0; segment < block_.chunks().segment_count(); ++segment) {
      const size_t size = block_.chunks().segment(segment).size();
      ChunkRef at(segment, kChunkSegmentHeaderBytes);
      while (at.segment() == segment && at.offset() < size) {
        if (checked++ % kChunksPerCheck == 0) RETURN_IF_ERROR(ctx_.Check());
        if (options_.progress && checked % (kChunksPerCheck * 16) == 0) Progress(segment, at.offset(), size);
        for (; ref != refs_.end() && *ref <= at.value; ++ref) {
          if (*ref != at.value) BadReference(ChunkRef(*ref));
        }
        const Result<ChunkData> chunk = block_.chunks().Read(at);
        const Result<ChunkRef> next = chunk.ok() ? block_.chunks().Next(at) : Result<ChunkRef>(chunk.status());
        if (!next.ok()) {
          out_->AddProblem(std::string(next.status().message()));
          return OkStatus();
        }
        at = *next;
      }
    }
    for (; ref != refs_.end(); ++ref) BadReference(ChunkRef(*ref));
    return OkStatus();
  }

  void BadReference(ChunkRef ref) {
    out_->AddProblem(StrCat(block_.chunks_directory(), ": no chunk starts at ", ToString(ref), ", where the index says"));
  }

  void Progress(uint32_t segment, size_t offset, size_t size) const {
    const double within = static_cast<double>(offset) / static_cast<double>(size);
    options_.progress((segment + within) / static_cast<double>(block_.chunks().segment_count()));
  }

  void VerifyTombstones() {
    for (const auto& [id, intervals] : block_.tombstones().by_series()) {
      if (std::binary_search(ids_.begin(), ids_.end(), id)) continue;
      out_->AddProblem(StrCat(block_.directory(), "/tombstones: series ", id, " is not in the index"));
    }
    out_->stats.tombstones = block_.tombstones().Count();
  }

  void VerifyCounts() {
    const BlockStats& meta = block_.meta().stats;
    const BlockStats& found = out_->stats;
    const auto compare = [&](std::string_view what, uint64_t claimed, uint64_t counted) {
      if (claimed == counted) return;
      out_->AddProblem(StrCat(block_.directory(), "/meta.json: says ", claimed, " ", what, ", the block has ", counted));
    };
    compare("series", meta.series, found.series);
    compare("chunks", meta.chunks, found.chunks);
    compare("samples", meta.samples, found.samples);
    // Older Prometheus counts only samples.
    if (meta.float_samples + meta.histogram_samples == 0) return;
    compare("float samples", meta.float_samples, found.float_samples);
    compare("histogram samples", meta.histogram_samples, found.histogram_samples);
  }

  const Context& ctx_;
  const Block& block_;
  const BlockVerifyOptions& options_;
  BlockVerification* const out_;
  ChunkIterator iterator_;
  ChunkRef last_ref_;
  std::vector<SeriesId> ids_;
  std::vector<uint64_t> refs_;
};

}  // namespace

void BlockVerification::AddProblem(std::string problem) {
  ++problem_count;
  if (problems.size() < kProblemsKept) problems.push_back(std::move(problem));
}

Status BlockVerification::ToStatus() const {
  if (ok()) return OkStatus();
  if (problem_count == 1) return DataLossError(problems[0]);
  return DataLossError(StrCat(problems[0], " (and ", problem_count - 1, " more problems)"));
}

Result<BlockVerification> VerifyBlock(const Context& ctx, const std::string& directory, const BlockVerifyOptions& options) {
  BlockVerification verification;
  const Result<std::shared_ptr<const Block>> block = Block::Open(directory);
  if (!block.ok()) {
    verification.AddProblem(std::string(block.status().message()));
    return verification;
  }
  verification.meta = (*block)->meta();
  RETURN_IF_ERROR(BlockVerifier(ctx, **block, options, &verification).Run());
  return verification;
}

}  // namespace epi::tsdb
