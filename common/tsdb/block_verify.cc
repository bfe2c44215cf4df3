#include "common/tsdb/block_verify.h"

#include "common/base/str_cat.h"
#include "common/tsdb/block.h"
#include "common/tsdb/chunk_verify.h"
#include "common/tsdb/index_verify.h"
#include "common/tsdb/meta_verify.h"

namespace epi::tsdb {
namespace {

void VerifyTombstones(const Block& block, BlockVerification* out) {
  out->stats.tombstones = block.tombstones().Count();
  if (block.tombstones().empty()) return;
  const Result<PostingsList> all = block.index().AllPostings();
  if (!all.ok()) return;  // The index' check has said so.
  for (const auto& [id, intervals] : block.tombstones().by_series()) {
    const size_t at = all->LowerBound(0, id);
    if (at < all->count() && (*all)[at] == id) continue;
    out->AddProblem(StrCat(block.directory(), "/tombstones: series ", id, " is not in the index"));
  }
}

Status VerifyOpen(const Context& ctx, const Block& block, const BlockVerifyOptions& options, BlockVerification* out) {
  ChunkVerifier chunks(ctx, block, options, out);
  const auto each_series = [&](const labels::Labels& labels, const SeriesEntry& entry) {
    ++out->stats.series;
    return chunks.VerifySeries(labels, entry);
  };
  RETURN_IF_ERROR(VerifyIndex(ctx, block.index(), each_series, out));
  RETURN_IF_ERROR(chunks.Finish());
  VerifyTombstones(block, out);
  VerifyMeta(block, {.any_raw = chunks.any_raw(), .any_aggregate = chunks.any_aggregate()}, out);
  return OkStatus();
}

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
  RETURN_IF_ERROR(VerifyOpen(ctx, **block, options, &verification));
  return verification;
}

}  // namespace epi::tsdb
