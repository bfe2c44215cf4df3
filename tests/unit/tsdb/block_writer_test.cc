#include "common/tsdb/block_writer.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "common/base/file.h"
#include "common/tsdb/block_querier.h"
#include "common/tsdb/block_verify.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

namespace fs = std::filesystem;

BlockMeta NewMeta(const BlockMeta& like) {
  BlockMeta meta;
  meta.ulid = like.ulid;
  meta.min_time_ms = like.min_time_ms;
  meta.max_time_ms = like.max_time_ms;
  return meta;
}

std::shared_ptr<const Block> OpenBlock(const std::string& directory) {
  Result<std::shared_ptr<const Block>> block = Block::Open(directory);
  INFO(block.status().message());
  REQUIRE(block.ok());
  return *block;
}

std::vector<std::string> Digests(const std::string& directory) {
  const BlockQuerier querier({OpenBlock(directory)});
  auto set = querier.Select(Context::Background(), {}).value();
  std::vector<std::string> digests;
  for (auto series = set->Next().value(); series != nullptr; series = set->Next().value()) {
    SampleDigest digest;
    auto cursor = series->Samples().value();
    for (auto batch = cursor->Next().value(); batch != nullptr; batch = cursor->Next().value()) digest.Add(*batch);
    digests.push_back(StrCat(series->labels().ToString(), " ", digest.samples(), " ", digest.text()));
  }
  return digests;
}

Result<BlockMeta> Rewrite(const std::string& from, const std::string& to, const BlockWriterOptions& options = {}) {
  const auto block = TRY(Block::Open(from));
  const BlockQuerier querier({block});
  const auto set = TRY(querier.Select(Context::Background(), {}));
  return WriteBlock(Context::Background(), to, NewMeta(block->meta()), set.get(), options);
}

std::string AllBytes(const std::string& directory) {
  std::string all;
  for (const char* file : {"meta.json", "index", "chunks/000001"}) all += ReadFile(StrCat(directory, "/", file)).value();
  return all;
}

TEST_CASE("a block written from samples holds the same samples, verifies and is deterministic") {
  for (const TruthBlock& truth : ReadTruthBlocks()) {
    if (truth.fixture == "tombstones") continue;
    INFO(truth.directory);
    const TempDir temp;
    const TempDir again;
    const std::string name = fs::path(truth.directory).filename();
    const Result<BlockMeta> meta = Rewrite(truth.directory, temp.path());
    INFO(meta.status().message());
    REQUIRE(meta.ok());
    CHECK(temp.List() == std::vector<std::string>{name});
    CHECK(Digests(StrCat(temp.path(), "/", name)) == Digests(truth.directory));
    const BlockVerification verification = VerifyBlock(Context::Background(), StrCat(temp.path(), "/", name)).value();
    INFO(verification.ToStatus().message());
    CHECK(verification.ok());
    CHECK((verification.stats == meta->stats));
    REQUIRE(Rewrite(truth.directory, again.path()).ok());
    CHECK((AllBytes(StrCat(temp.path(), "/", name)) == AllBytes(StrCat(again.path(), "/", name))));
  }
}

TEST_CASE("a block written by copying chunks has Prometheus' bytes") {
  for (const TruthBlock& truth : ReadTruthBlocks()) {
    INFO(truth.directory);
    const TempDir temp;
    const auto block = OpenBlock(truth.directory);
    auto writer = BlockWriter::Create(temp.path(), NewMeta(block->meta())).value();
    for (const TruthSeries& series : truth.series) {
      std::vector<FramedChunk> chunks;
      for (const ChunkMeta& chunk : series.chunks) chunks.push_back({chunk, block->chunks().ReadFramed(chunk.ref).value()});
      REQUIRE(writer->AddSeries(series.labels, chunks).ok());
    }
    const Result<BlockMeta> meta = writer->Finish(Context::Background());
    INFO(meta.status().message());
    REQUIRE(meta.ok());
    const std::string path = StrCat(temp.path(), "/", meta->ulid.ToString());
    CHECK((ReadFile(path + "/index").value() == ReadFile(truth.directory + "/index").value()));
    CHECK((ReadFile(path + "/chunks/000001").value() == ReadFile(truth.directory + "/chunks/000001").value()));
    BlockStats expected = block->meta().stats;
    expected.tombstones = 0;
    CHECK((meta->stats == expected));
  }
}

TEST_CASE("an unfinished block leaves nothing, and a crashed one is taken over") {
  const TempDir temp;
  const TruthBlock truth = ReadTruthBlocks("level-2")[0];
  const std::string name = fs::path(truth.directory).filename();
  const BlockMeta meta = NewMeta(BlockMeta::Read(truth.directory).value());
  fs::create_directories(StrCat(temp.path(), "/", name, ".tmp-for-creation/chunks"));
  REQUIRE(WriteFileAtomically(StrCat(temp.path(), "/", name, ".tmp-for-creation/chunks/000001"), "half").ok());
  { REQUIRE(BlockWriter::Create(temp.path(), meta).ok()); }
  CHECK(temp.List().empty());
  REQUIRE(Rewrite(truth.directory, temp.path()).ok());
  CHECK(Rewrite(truth.directory, temp.path()).status().code() == StatusCode::kAlreadyExists);
  CHECK(temp.List() == std::vector<std::string>{name});
}

TEST_CASE("a block writer refuses chunks outside the block's range and series out of order") {
  const TempDir temp;
  BlockMeta meta;
  meta.ulid = Ulid::Make(1, {});
  meta.min_time_ms = 100;
  meta.max_time_ms = 200;
  auto writer = BlockWriter::Create(temp.path(), meta).value();
  XorEncoder encoder;
  encoder.Append(150, 1);
  const std::string data = encoder.Finish();
  const auto add = [&](const char* name, int64_t mint_ms, int64_t maxt_ms) {
    const std::vector<EncodedChunk> chunks = {{Encoding::kXor, 1, mint_ms, maxt_ms, data}};
    return writer->AddSeries(labels::Labels{{"a", name}}, chunks).code();
  };
  CHECK(add("b", 150, 150) == StatusCode::kOk);
  CHECK(add("c", 99, 150) == StatusCode::kInvalidArgument);
  CHECK(add("d", 150, 200) == StatusCode::kInvalidArgument);
  CHECK(add("a", 150, 150) == StatusCode::kInvalidArgument);
}

TEST_CASE("a full disk at any byte leaves no block") {
  const TruthBlock truth = ReadTruthBlocks("level-3")[0];
  const uint64_t whole = fs::file_size(truth.directory + "/chunks/000001");
  for (uint64_t limit = 1; limit < whole + 4096; limit += 997) {
    const TempDir temp;
    // A child, because the limit is the process'.
    const pid_t child = fork();
    if (child == 0) {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit file_size = {limit, limit};
      setrlimit(RLIMIT_FSIZE, &file_size);
      _exit(Rewrite(truth.directory, temp.path()).ok() ? 0 : 1);
    }
    int exit_status = 0;
    REQUIRE(waitpid(child, &exit_status, 0) == child);
    INFO("limit " << limit);
    REQUIRE(WIFEXITED(exit_status));
    const bool succeeded = WEXITSTATUS(exit_status) == 0;
    CHECK(succeeded == !temp.List().empty());
    if (succeeded) CHECK(VerifyBlock(Context::Background(), StrCat(temp.path(), "/", temp.List()[0])).value().ok());
  }
}

}  // namespace
}  // namespace epi::tsdb
