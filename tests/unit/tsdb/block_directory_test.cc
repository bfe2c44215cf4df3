#include "common/tsdb/block_directory.h"

#include "common/base/file.h"
#include "common/tsdb/directory_lock.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

namespace fs = std::filesystem;

std::string CopyBlock(const TruthBlock& block, const TempDir& to) {
  const std::string target = StrCat(to.path(), "/", fs::path(block.directory).filename().string());
  fs::copy(block.directory, target, fs::copy_options::recursive);
  return target;
}

std::vector<std::string> SeriesTexts(const series::Querier& querier, std::vector<std::string>* warnings = nullptr) {
  auto set = querier.Select(Context::Background(), {}).value();
  std::vector<std::string> texts;
  for (auto series = set->Next().value(); series != nullptr; series = set->Next().value()) texts.push_back(series->labels().ToString());
  if (warnings != nullptr) *warnings = set->Warnings();
  return texts;
}

TEST_CASE("a block directory takes up new blocks, drops removed ones and leaves out what is no block") {
  const TempDir temp;
  const TruthBlock first = ReadTruthBlocks("level-2")[0];
  const TruthBlock second = ReadTruthBlocks("before-epoch")[0];
  const std::string first_path = CopyBlock(first, temp);
  fs::create_directories(temp.path() + "/wal");
  fs::create_directories(temp.path() + "/01M7Y37FJV9KCCY040PRJ5VSZZ/chunks");
  fs::copy(first.directory, temp.path() + "/01M7Y37FJV9KCCY040PRJ5VSZA.tmp-for-creation", fs::copy_options::recursive);
  const auto blocks = BlockDirectory::Open(temp.path()).value();
  const auto before = blocks->Snapshot();
  CHECK(SeriesTexts(*blocks).size() == first.series.size());
  CHECK(before->warnings().empty());

  CopyBlock(second, temp);
  REQUIRE(blocks->Refresh().ok());
  CHECK(SeriesTexts(*blocks).size() == first.series.size() + second.series.size());
  CHECK(blocks->Snapshot()->blocks()[1] == before->blocks()[0]);

  fs::remove_all(first_path);
  REQUIRE(blocks->Refresh().ok());
  CHECK(SeriesTexts(*blocks).size() == second.series.size());
  // A query that began before still has its block.
  CHECK(SeriesTexts(*before).size() == first.series.size());
}

TEST_CASE("a block that cannot be read is named in the warnings of every answer until it can") {
  const TempDir temp;
  const TruthBlock good = ReadTruthBlocks("before-epoch")[0];
  const std::string bad = CopyBlock(ReadTruthBlocks("level-2")[0], temp);
  CopyBlock(good, temp);
  const std::string index = ReadFile(bad + "/index").value();
  REQUIRE(WriteFileAtomically(bad + "/index", "").ok());
  const auto blocks = BlockDirectory::Open(temp.path()).value();
  std::vector<std::string> warnings;
  CHECK(SeriesTexts(*blocks, &warnings).size() == good.series.size());
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find(fs::path(bad).filename()) != std::string::npos);
  CHECK(blocks->LabelNames(Context::Background(), {}).value().warnings == warnings);
  REQUIRE(WriteFileAtomically(bad + "/index", index).ok());
  REQUIRE(blocks->Refresh().ok());
  CHECK(blocks->Snapshot()->warnings().empty());
}

TEST_CASE("new tombstones of an open block are seen at the next refresh") {
  const TempDir temp;
  const TruthBlock truth = ReadTruthBlocks("level-2")[0];
  const std::string path = CopyBlock(truth, temp);
  const auto blocks = BlockDirectory::Open(temp.path()).value();
  Tombstones tombstones;
  tombstones.Add(static_cast<SeriesId>(truth.series[0].id), {INT64_MIN, INT64_MAX});
  REQUIRE(WriteFileAtomically(path + "/tombstones", tombstones.Encode()).ok());
  REQUIRE(blocks->Refresh().ok());
  CHECK(SeriesTexts(*blocks).size() == truth.series.size() - 1);
}

TEST_CASE("a block whose compacted successor is there is left out") {
  const TempDir temp;
  const TruthBlock parent = ReadTruthBlocks("level-2")[0];
  const std::string child = CopyBlock(ReadTruthBlocks("level-3")[0], temp);
  CopyBlock(parent, temp);
  BlockMeta meta = BlockMeta::Read(child).value();
  meta.compaction.parents.push_back({BlockMeta::Read(parent.directory).value().ulid, 0, 0});
  REQUIRE(WriteFileAtomically(child + "/meta.json", meta.Encode()).ok());
  const auto blocks = BlockDirectory::Open(temp.path()).value();
  REQUIRE(blocks->Snapshot()->blocks().size() == 1);
  CHECK(blocks->Snapshot()->blocks()[0]->meta().ulid == meta.ulid);
}

TEST_CASE("a meta.json of another block is refused") {
  const TempDir temp;
  const std::string path = CopyBlock(ReadTruthBlocks("level-2")[0], temp);
  fs::copy(ReadTruthBlocks("level-3")[0].directory + "/meta.json", path + "/meta.json", fs::copy_options::overwrite_existing);
  CHECK(Block::Open(path).status().code() == StatusCode::kDataLoss);
}

TEST_CASE("a directory has one lock, and a reader needs none") {
  const TempDir temp;
  {
    const Result<DirectoryLock> lock = DirectoryLock::Acquire(temp.path());
    REQUIRE(lock.ok());
    CHECK(DirectoryLock::Acquire(temp.path()).status().code() == StatusCode::kFailedPrecondition);
    CHECK(BlockDirectory::Open(temp.path()).ok());
  }
  CHECK(DirectoryLock::Acquire(temp.path()).ok());
  CHECK(BlockDirectory::Open(temp.path() + "/missing").status().code() == StatusCode::kNotFound);
}

}  // namespace
}  // namespace epi::tsdb
