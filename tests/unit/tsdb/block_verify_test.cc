#include "common/tsdb/block_verify.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/file.h"
#include "common/tsdb/aggregate_chunk.h"
#include "common/tsdb/chunk_segment_reader.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

namespace fs = std::filesystem;

constexpr char kDownsampled[] = "tests/fixtures/downsampled/01M7Y38D8YA8XWSYYT71B7NBV2";
constexpr char kCompacted[] = "tests/fixtures/compacted/horizontal/01M7Y38HF59DR97W6NA39E6RWQ";

std::string ProblemsOf(const std::string& directory, const BlockVerifyOptions& options = {}) {
  const BlockVerification found = VerifyBlock(Context::Background(), directory, options).value();
  std::string text;
  for (const std::string& problem : found.problems) StrAppend(&text, problem, "\n");
  return text;
}

// A copy of a block whose meta.json or whose bytes are changed.
class ChangedBlock {
 public:
  explicit ChangedBlock(const std::string& from) { fs::copy(from, path(), fs::copy_options::recursive); }
  std::string path() const { return temp_.path() + "/block"; }
  BlockMeta Meta() const { return BlockMeta::Read(path()).value(); }
  std::string ProblemsWith(const BlockMeta& meta) const {
    REQUIRE(WriteFileAtomically(path() + "/meta.json", meta.Encode()).ok());
    return ProblemsOf(path());
  }
  void Flip(const std::string& file, uint64_t at) const {
    std::string bytes = ReadFile(StrCat(path(), "/", file)).value();
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    REQUIRE(WriteFileAtomically(StrCat(path(), "/", file), bytes).ok());
  }

 private:
  TempDir temp_;
};

TEST_CASE("every block of Prometheus and Thanos is found whole") {
  size_t blocks = 0;
  for (const auto& entry : fs::recursive_directory_iterator("tests/fixtures")) {
    if (entry.path().filename() != "meta.json" || !fs::exists(entry.path().parent_path() / "index")) continue;
    INFO(entry.path());
    CHECK(ProblemsOf(entry.path().parent_path()).empty());
    ++blocks;
  }
  CHECK(blocks >= 26);
}

TEST_CASE("a meta.json that disagrees with its block is found out") {
  const ChangedBlock raw(ReadTruthBlocks("tombstones")[0].directory);
  const auto raw_with = [&](const std::function<void(BlockMeta*)>& change) {
    BlockMeta meta = raw.Meta();
    const BlockMeta before = meta;
    change(&meta);
    const std::string problems = raw.ProblemsWith(meta);
    CHECK(raw.ProblemsWith(before).empty());
    return problems.substr(problems.find("meta.json") == std::string::npos ? 0 : problems.find("meta.json"));
  };
  CHECK(raw_with([](BlockMeta* m) { ++m->stats.series; }) == "meta.json: says 6 series, the block has 5\n");
  CHECK(raw_with([](BlockMeta* m) { --m->stats.chunks; }) == "meta.json: says 19 chunks, the block has 20\n");
  CHECK(raw_with([](BlockMeta* m) { m->stats.samples = 7; }) == "meta.json: says 7 samples, the block has 2400\n");
  CHECK(raw_with([](BlockMeta* m) { m->stats.float_samples = 7; }) == "meta.json: says 7 float samples, the block has 2400\n");
  CHECK(raw_with([](BlockMeta* m) { m->stats.histogram_samples = 1; }) == "meta.json: says 1 histogram samples, the block has 0\n");
  CHECK(raw_with([](BlockMeta* m) { m->stats.tombstones = 1; }) == "meta.json: says 1 tombstones, the block has 4\n");
  CHECK(raw_with([](BlockMeta* m) { m->compaction.level = -1; }) == "meta.json: has compaction level -1\n");
  CHECK(raw_with([](BlockMeta* m) { m->compaction.sources.clear(); }) == "meta.json: names no source\n");
  CHECK(raw_with([](BlockMeta* m) { m->min_time_ms += 3'600'000; }).find("is outside the time range of the block") != std::string::npos);
  CHECK(raw_with([](BlockMeta* m) { m->max_time_ms -= 3'600'000; }).find("is outside the time range of the block") != std::string::npos);
}

TEST_CASE("a Thanos section that disagrees with its block is found out") {
  const ChangedBlock block(kDownsampled);
  const auto with = [&](const std::function<void(ThanosMeta*)>& change) {
    BlockMeta meta = block.Meta();
    change(&*meta.thanos);
    const std::string problems = block.ProblemsWith(meta);
    return problems.substr(std::min(problems.size(), problems.find("meta.json")));
  };
  REQUIRE(with([](ThanosMeta*) {}).empty());
  const BlockMeta meta = block.Meta();
  CHECK(with([](ThanosMeta* t) { t->resolution_ms = 0; }) == "meta.json: says the block is raw, it has downsampled chunks\n");
  REQUIRE(block.ProblemsWith(meta).empty());
  CHECK(with([](ThanosMeta* t) { t->resolution_ms = 300'001; }) == "meta.json: has resolution 300001\n");
  REQUIRE(block.ProblemsWith(meta).empty());
  CHECK(with([](ThanosMeta* t) { t->files[0].size_bytes = 1; }) == "meta.json: says chunks/000001 has 1 bytes, it has 49628\n");
  REQUIRE(block.ProblemsWith(meta).empty());
  CHECK(with([](ThanosMeta* t) { t->files[1].rel_path = "x"; }) == "meta.json: does not list index\n");
  REQUIRE(block.ProblemsWith(meta).empty());
  CHECK(with([](ThanosMeta* t) { t->segment_files.push_back("000002"); }) == "meta.json: lists 2 segment files, the block has 1\n");

  const ChangedBlock raw(kCompacted);
  BlockMeta wrong = raw.Meta();
  wrong.thanos->resolution_ms = 300'000;
  CHECK(raw.ProblemsWith(wrong).find("says the block is downsampled, it has only raw chunks") != std::string::npos);
  wrong = raw.Meta();
  wrong.thanos->resolution_ms = 0;
  REQUIRE_FALSE(wrong.compaction.parents.empty());
  wrong.compaction.parents[0].min_time_ms -= 1;
  CHECK(raw.ProblemsWith(wrong).find("reaches outside the block") != std::string::npos);
}

TEST_CASE("each bad chunk is named, and the chunks behind it are checked all the same") {
  const TruthBlock truth = ReadTruthBlocks("level-2")[0];
  const ChangedBlock block(truth.directory);
  std::vector<ChunkRef> refs;
  for (const TruthSeries& series : truth.series) {
    for (const ChunkMeta& chunk : series.chunks) refs.push_back(chunk.ref);
  }
  // A sample, a length that then reaches over the next chunks, and a checksum.
  block.Flip("chunks/000001", refs[3].offset() + 40);
  block.Flip("chunks/000001", refs[10].offset());
  block.Flip("chunks/000001", refs[20].offset() - 1);
  const std::string problems = ProblemsOf(block.path());
  for (const size_t i : {size_t{3}, size_t{10}, size_t{19}}) {
    CHECK(problems.find(StrCat("/chunks/000001: chunk at offset ", refs[i].offset(), ": ")) != std::string::npos);
  }
  // Without their samples both counts of samples differ, too.
  CHECK(std::count(problems.begin(), problems.end(), '\n') == 5);
  CHECK(problems.find("meta.json: says 5881 float samples") != std::string::npos);
}

TEST_CASE("samples of every aggregate are looked at") {
  const ChangedBlock block(kDownsampled);
  // A chunk whose checksum is right and whose second slot is not: the bytes of its sum begin with another count of samples.
  const auto reader = ChunkSegmentReader::Open(block.path() + "/chunks").value();
  const ChunkRef first(0, kChunkSegmentHeaderBytes);
  const std::string_view framed = reader->ReadFramed(first).value();
  AggregateChunk slots = ParseAggregateChunk(reader->Read(first).value().data).value();
  std::string sum(slots[AggregateSlot::kSum].data);
  sum[1] = static_cast<char>(sum[1] ^ 0x40);
  slots[AggregateSlot::kSum].data = sum;
  std::string changed;
  ByteWriter writer(&changed);
  const std::string data = EncodeAggregateChunk(slots);
  writer.Uvarint(data.size());
  const std::string checked = static_cast<char>(Encoding::kAggregate) + data;
  writer.Bytes(checked);
  writer.U32Be(Crc32c(checked));
  REQUIRE(changed.size() == framed.size());
  std::string file = ReadFile(block.path() + "/chunks/000001").value();
  file.replace(first.offset(), changed.size(), changed);
  REQUIRE(WriteFileAtomically(block.path() + "/chunks/000001", file).ok());
  CHECK(ProblemsOf(block.path()).find("chunk 0:8: ") != std::string::npos);
  CHECK(ProblemsOf(block.path(), {.decode_samples = false, .progress = {}}).empty());
}

TEST_CASE("a check of a block can be cancelled") {
  const Context ctx = Context::Background().WithCancel();
  ctx.Cancel();
  CHECK(VerifyBlock(ctx, kDownsampled).status().code() == StatusCode::kCancelled);
}

}  // namespace
}  // namespace epi::tsdb
