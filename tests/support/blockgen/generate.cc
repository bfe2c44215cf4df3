#include "tests/support/blockgen/generate.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "common/base/crc32c.h"
#include "common/base/file.h"
#include "common/base/random.h"
#include "common/base/str_cat.h"
#include "common/tsdb/block_folder.h"
#include "common/tsdb/block_writer.h"
#include "tests/support/blockgen/samples.h"

namespace epi::blockgen {
namespace {

namespace fs = std::filesystem;

// All blocks are written at once, each with three open files.
constexpr int64_t kBlocksMax = 300;
constexpr uint32_t kReplicasMax = 100;

Status CheckOptions(const GenerateOptions& options) {
  const auto multiple = [](int64_t value, int64_t of) { return value > 0 && value % of == 0; };
  if (!multiple(options.block_ms, kScrapeMs) || !multiple(options.duration_ms, kScrapeMs)) {
    return InvalidArgumentError("durations are positive multiples of 15 s");
  }
  if ((options.duration_ms - 1) / options.block_ms >= kBlocksMax) {
    return InvalidArgumentError(StrCat("more than ", kBlocksMax, " blocks at once: write them in several runs"));
  }
  const FleetOptions& fleet = options.fleet;
  if (fleet.replicas == 0 || fleet.replicas > kReplicasMax) return InvalidArgumentError(StrCat("1 to ", kReplicasMax, " replicas"));
  if (fleet.replicas > 1 && fleet.replica_label.empty()) return InvalidArgumentError("replicas need a label");
  return OkStatus();
}

tsdb::BlockMeta MakeMeta(const GenerateOptions& options, int64_t min_ms, uint32_t replica) {
  tsdb::BlockMeta meta;
  meta.min_time_ms = min_ms;
  meta.max_time_ms = std::min(min_ms + options.block_ms, options.start_ms + options.duration_ms);
  Random random(options.seed ^ uint64_t{Crc32c(options.fleet.cluster)} << 32 ^ replica ^ static_cast<uint64_t>(min_ms) << 8);
  Ulid::Entropy entropy;
  for (uint8_t& byte : entropy) byte = static_cast<uint8_t>(random.U64());
  meta.ulid = Ulid::Make(std::max<int64_t>(meta.max_time_ms, 0), entropy);
  meta.compaction.level = 1;
  if (options.external_labels.empty() && !options.replica_blocks) return meta;
  meta.thanos.emplace();
  meta.thanos->version = 1;
  meta.thanos->source = "sidecar";
  meta.thanos->labels = options.external_labels;
  if (options.replica_blocks) meta.thanos->labels[options.fleet.replica_label] = ReplicaName(replica);
  return meta;
}

// The blocks of one replica (or of all, when they are told apart by a series label), side by side.
class Run {
 public:
  Run(const GenerateOptions& options, uint32_t replica)
      : options_(options),
        replica_(replica),
        samples_(options.seed, options.start_ms, static_cast<size_t>(options.duration_ms / kScrapeMs)),
        cutter_({}, &chunks_) {}

  Status Write(const Context& ctx, std::vector<GeneratedBlock>* blocks) {
    const int64_t end_ms = options_.start_ms + options_.duration_ms;
    for (int64_t min_ms = options_.start_ms; min_ms < end_ms; min_ms += options_.block_ms) {
      writers_.push_back(TRY(tsdb::BlockWriter::Create(options_.directory, MakeMeta(options_, min_ms, replica_))));
    }
    FleetOptions fleet = options_.fleet;
    if (options_.replica_blocks) fleet.replica_label.clear();
    for (SeriesSpec& series : MakeFleet(fleet)) {
      RETURN_IF_ERROR(ctx.Check());
      if (options_.replica_blocks) series.replica = replica_;
      RETURN_IF_ERROR(Add(series));
    }
    for (const auto& writer : writers_) {
      GeneratedBlock block;
      block.meta = TRY(writer->Finish(ctx));
      block.path = StrCat(options_.directory, "/", block.meta.ulid.ToString());
      RETURN_IF_ERROR(Measure(&block));
      blocks->push_back(std::move(block));
    }
    return OkStatus();
  }

 private:
  Status Add(const SeriesSpec& series) {
    const std::span<const int64_t> times = samples_.Times(series);
    const size_t scrapes_per_block = static_cast<size_t>(options_.block_ms / kScrapeMs);
    const bool native = series.kind == SeriesKind::kNative;
    const auto values = native ? std::span<const double>() : samples_.Values(series);
    const auto histograms = native ? samples_.Histograms(series) : std::span<const series::Histogram>();
    size_t i = 0;
    for (const auto& writer : writers_) {
      chunks_.clear();
      for (const size_t end = std::min(times.size(), i + scrapes_per_block); i < end; ++i) {
        if (native) {
          cutter_.Append(0, times[i], histograms[i]);
        } else {
          cutter_.Append(0, times[i], values[i]);
        }
      }
      cutter_.Finish();
      RETURN_IF_ERROR(writer->AddSeries(series.labels, chunks_));
    }
    return OkStatus();
  }

  static Status Measure(GeneratedBlock* block) {
    std::error_code error;
    for (const auto& file : fs::directory_iterator(StrCat(block->path, "/", tsdb::kChunksFolderName), error)) {
      block->chunk_bytes += file.file_size(error);
    }
    block->index_bytes = fs::file_size(StrCat(block->path, "/", tsdb::kIndexFileName), error);
    return error ? UnavailableError(StrCat("size of ", block->path, ": ", error.message())) : OkStatus();
  }

  const GenerateOptions& options_;
  const uint32_t replica_;
  Samples samples_;
  std::vector<tsdb::EncodedChunk> chunks_;
  tsdb::ChunkCutter cutter_;
  std::vector<std::unique_ptr<tsdb::BlockWriter>> writers_;
};

}  // namespace

Result<std::vector<GeneratedBlock>> Generate(const Context& ctx, const GenerateOptions& options) {
  RETURN_IF_ERROR(CheckOptions(options));
  RETURN_IF_ERROR(MakeDirectories(options.directory));
  std::vector<GeneratedBlock> blocks;
  for (uint32_t replica = 0; replica < (options.replica_blocks ? options.fleet.replicas : 1); ++replica) {
    RETURN_IF_ERROR(Run(options, replica).Write(ctx, &blocks));
  }
  return blocks;
}

}  // namespace epi::blockgen
