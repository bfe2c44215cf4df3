#include "common/tsdb/meta_verify.h"

#include <algorithm>

#include "common/base/str_cat.h"
#include "common/tsdb/block_folder.h"

namespace epi::tsdb {
namespace {

constexpr int64_t kResolutionsMs[] = {0, 300'000, 3'600'000};

class MetaVerifier {
 public:
  MetaVerifier(const Block& block, const ChunkKinds& kinds, BlockVerification* out)
      : block_(block), meta_(block.meta()), kinds_(kinds), out_(out) {}

  void Run() {
    VerifyCounts();
    VerifyCompaction();
    if (!meta_.thanos) {
      if (kinds_.any_aggregate) Problem("has no downsampling resolution, the block has downsampled chunks");
      return;
    }
    VerifyResolution(meta_.thanos->resolution_ms);
    VerifySegmentFiles(meta_.thanos->segment_files);
    VerifyFiles(meta_.thanos->files);
  }

 private:
  template <typename... Parts>
  void Problem(const Parts&... parts) {
    out_->AddProblem(StrCat(block_.directory(), "/", kMetaFileName, ": ", parts...));
  }

  void Compare(std::string_view what, uint64_t claimed, uint64_t counted) {
    if (claimed != counted) Problem("says ", claimed, " ", what, ", the block has ", counted);
  }

  void VerifyCounts() {
    const BlockStats& found = out_->stats;
    Compare("series", meta_.stats.series, found.series);
    Compare("chunks", meta_.stats.chunks, found.chunks);
    Compare("samples", meta_.stats.samples, found.samples);
    // Deletions never reach a bucket, so where the file is not, the count may still tell of them.
    if (!block_.tombstones().empty()) Compare("tombstones", meta_.stats.tombstones, found.tombstones);
    // Older Prometheus counts only samples; Thanos keeps the counts of the raw block in a downsampled one.
    const bool by_kind = meta_.stats.float_samples + meta_.stats.histogram_samples > 0;
    if (!by_kind || kinds_.any_aggregate) return;
    Compare("float samples", meta_.stats.float_samples, found.float_samples);
    Compare("histogram samples", meta_.stats.histogram_samples, found.histogram_samples);
  }

  void VerifyCompaction() {
    const BlockCompaction& compaction = meta_.compaction;
    if (compaction.level < 1) Problem("has compaction level ", compaction.level);
    if (compaction.sources.empty()) Problem("names no source");
    for (const BlockDescription& parent : compaction.parents) {
      if (parent.ulid.is_zero()) continue;  // Not a block: samples that came out of order, straight from memory.
      if (parent.min_time_ms < meta_.min_time_ms || parent.max_time_ms > meta_.max_time_ms) {
        Problem("parent ", parent.ulid.ToString(), " reaches outside the block");
      }
    }
  }

  void VerifyResolution(int64_t resolution_ms) {
    if (std::find(std::begin(kResolutionsMs), std::end(kResolutionsMs), resolution_ms) == std::end(kResolutionsMs)) {
      Problem("has resolution ", resolution_ms);
    }
    if (resolution_ms == 0 && kinds_.any_aggregate) Problem("says the block is raw, it has downsampled chunks");
    if (resolution_ms != 0 && kinds_.any_raw && !kinds_.any_aggregate) {
      Problem("says the block is downsampled, it has only raw chunks");
    }
  }

  void VerifySegmentFiles(const std::vector<std::string>& names) {
    if (names.empty()) return;
    bool same = names.size() == block_.chunks().segment_count();
    for (size_t i = 0; same && i < names.size(); ++i) same = names[i] == ChunkSegmentName(static_cast<uint32_t>(i));
    if (!same) Problem("lists ", names.size(), " segment files, the block has ", block_.chunks().segment_count());
  }

  void VerifyFiles(const std::vector<ThanosFile>& files) {
    if (files.empty()) return;
    VerifyFile(files, std::string(kIndexFileName), block_.index().size_bytes());
    for (uint32_t segment = 0; segment < block_.chunks().segment_count(); ++segment) {
      VerifyFile(files, StrCat(kChunksFolderName, "/", ChunkSegmentName(segment)), block_.chunks().segment(segment).size());
    }
  }

  void VerifyFile(const std::vector<ThanosFile>& files, const std::string& name, uint64_t size_bytes) {
    const auto found = std::find_if(files.begin(), files.end(), [&](const ThanosFile& file) { return file.rel_path == name; });
    if (found == files.end()) return Problem("does not list ", name);
    if (found->size_bytes != size_bytes) Problem("says ", name, " has ", found->size_bytes, " bytes, it has ", size_bytes);
  }

  const Block& block_;
  const BlockMeta& meta_;
  const ChunkKinds kinds_;
  BlockVerification* const out_;
};

}  // namespace

void VerifyMeta(const Block& block, const ChunkKinds& kinds, BlockVerification* out) { MetaVerifier(block, kinds, out).Run(); }

}  // namespace epi::tsdb
