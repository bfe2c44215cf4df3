// Damage to every file of a block: each must be detected or provably harmless. A wrong answer without an error is a failure.
#include <fstream>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/file.h"
#include "common/base/random.h"
#include "common/tsdb/block_querier.h"
#include "common/tsdb/block_verify.h"
#include "common/tsdb/matcher_postings.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  bool detected = false;
  std::string error;
  std::string answer;
};

Status Read(const std::string& directory, std::string* answer) {
  const BlockQuerier querier({TRY(Block::Open(directory))});
  // Through a matcher and through all series: different postings are read.
  for (const labels::Matchers& matchers : {labels::Matchers{}, labels::Matchers{labels::Matcher::NotEqual("instance", "")}}) {
    series::SelectRequest request;
    request.matchers = matchers;
    const auto set = TRY(querier.Select(Context::Background(), request));
    for (auto series = TRY(set->Next()); series != nullptr; series = TRY(set->Next())) {
      SampleDigest digest;
      auto cursor = TRY(series->Samples());
      for (const auto* batch = TRY(cursor->Next()); batch != nullptr; batch = TRY(cursor->Next())) digest.Add(*batch);
      StrAppend(answer, series->labels().ToString(), " ", digest.samples(), " ", digest.text(), "\n");
    }
  }
  const series::LabelStrings values = TRY(querier.LabelValues(Context::Background(), "instance", {}));
  for (const std::string& value : values.values) StrAppend(answer, value, ",");
  return OkStatus();
}

Outcome Try(const std::string& directory) {
  Outcome outcome;
  const Status read = Read(directory, &outcome.answer);
  const Result<BlockVerification> verification = VerifyBlock(Context::Background(), directory);
  REQUIRE(verification.ok());
  outcome.detected = !read.ok();
  outcome.error = StrCat(StatusCodeName(read.code()), " ", read.message(), " / ", verification->ToStatus().message());
  // Whatever a reader notices, the whole check notices too.
  if (!read.ok()) CHECK_FALSE(verification->ok());
  return outcome;
}

class DamagedBlock {
 public:
  explicit DamagedBlock(const std::string& fixture) {
    fs::copy(ReadTruthBlocks(fixture)[0].directory, path(), fs::copy_options::recursive);
    intact_ = Try(path());
    REQUIRE_FALSE(intact_.detected);
    for (const char* name : {"index", "chunks/000001", "tombstones", "meta.json"}) {
      names_.push_back(name);
      contents_.push_back(ReadFile(file(name)).value());
    }
  }
  std::string path() const { return temp_.path() + "/block"; }
  std::string file(const std::string& name) const { return StrCat(path(), "/", name); }
  size_t files() const { return names_.size(); }
  const std::string& name(size_t i) const { return names_[i]; }
  const std::string& contents(size_t i) const { return contents_[i]; }

  Outcome With(size_t i, const std::string& contents) const {
    Write(i, contents);
    Outcome outcome = Try(path());
    Write(i, contents_[i]);
    return outcome;
  }
  bool Harmless(const Outcome& outcome) const { return !outcome.detected && outcome.answer == intact_.answer; }

 private:
  // Without the fsync of WriteFileAtomically(): there are thousands of them.
  void Write(size_t i, const std::string& contents) const {
    std::ofstream(file(names_[i]), std::ios::binary | std::ios::trunc) << contents;
    REQUIRE(fs::file_size(file(names_[i])) == contents.size());
  }

  TempDir temp_;
  Outcome intact_;
  std::vector<std::string> names_;
  std::vector<std::string> contents_;
};

// meta.json has no checksum: a flipped digit in a count is found by the whole check, one in the text of an unknown key by nobody.
// What must not happen is another answer of a query within the block's range.
bool SilentlyWrong(const DamagedBlock& block, const Outcome& outcome) { return !outcome.detected && !block.Harmless(outcome); }

TEST_CASE("2,000 flipped bits: each is an error or changes no answer") {
  const uint64_t seed = TestSeed();
  INFO("seed " << seed);
  Random random(seed);
  const DamagedBlock small("overlapping-merged");
  const DamagedBlock deleted("tombstones");
  size_t detected = 0;
  for (int i = 0; i < 2000; ++i) {
    const DamagedBlock& block = i % 2 == 0 ? small : deleted;
    const size_t file = random.Uniform(block.files());
    std::string bytes = block.contents(file);
    const uint64_t bit = random.Uniform(bytes.size() * 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << (bit % 8));
    INFO(block.name(file) << " bit " << bit);
    const Outcome outcome = block.With(file, bytes);
    INFO(outcome.error);
    // A changed minTime or maxTime may narrow what a query without limits sees: the whole check must know.
    if (block.name(file) == "meta.json" && SilentlyWrong(block, outcome)) {
      CHECK(outcome.error.find("/ ") + 2 < outcome.error.size());
    } else {
      CHECK_FALSE(SilentlyWrong(block, outcome));
    }
    detected += outcome.detected ? 1 : 0;
  }
  CHECK(detected > 1000);
}

TEST_CASE("500 truncations: each is an error") {
  const uint64_t seed = TestSeed();
  INFO("seed " << seed);
  Random random(seed);
  const DamagedBlock block("tombstones");
  for (int i = 0; i < 500; ++i) {
    const size_t file = random.Uniform(block.files());
    const size_t size = i < 8 ? 0 : random.Uniform(block.contents(file).size());
    INFO(block.name(file) << " cut to " << size);
    const Outcome outcome = block.With(file, block.contents(file).substr(0, size));
    INFO(outcome.error);
    CHECK(outcome.detected);
    CHECK(outcome.error.starts_with("DataLoss"));
    CHECK(outcome.error.find(block.file(block.name(file))) != std::string::npos);
  }
}

TEST_CASE("a missing file is an error; missing tombstones are none") {
  for (const std::string name : {"index", "chunks/000001", "chunks", "meta.json"}) {
    const DamagedBlock block("level-2");
    fs::remove_all(block.file(name));
    INFO(name);
    CHECK(Try(block.path()).detected);
  }
  const DamagedBlock block("level-2");
  fs::remove(block.file("tombstones"));
  CHECK_FALSE(Try(block.path()).detected);
}

TEST_CASE("files swapped with another block's are found by the whole check, and never crash a query") {
  for (const std::string name : {"index", "chunks/000001", "meta.json"}) {
    const DamagedBlock block("level-2");
    fs::copy(ReadTruthBlocks("level-3")[0].directory + "/" + name, block.file(name), fs::copy_options::overwrite_existing);
    INFO(name);
    Try(block.path());
    CHECK_FALSE(VerifyBlock(Context::Background(), block.path()).value().ok());
  }
}

// An index put together by hand, with right checksums around wrong contents.
class HandMadeIndex {
 public:
  std::string symbols = Count(3) + Text("") + Text("a") + Text("b");
  std::string series_body = std::string("\1\1\2\0", 4);  // a=b, no chunks.
  std::string postings_ids;
  std::string table;

  std::string Build() {
    std::string out("\xBA\xAA\xD7\x00\x02", 5);
    IndexToc toc;
    toc.symbols = out.size();
    out += Section(symbols);
    out.resize((out.size() + 15) / 16 * 16);
    toc.series = out.size();
    const auto id = static_cast<uint32_t>(out.size() / 16);
    ByteWriter writer(&out);
    writer.UvarintBytes(series_body);
    writer.U32Be(Crc32c(series_body));
    toc.label_indices = out.size();
    out.resize((out.size() + 3) / 4 * 4);
    toc.postings = out.size();
    if (postings_ids.empty()) ByteWriter(&postings_ids).U32Be(id);
    const std::string list = Count(static_cast<uint32_t>(postings_ids.size() / 4)) + postings_ids;
    const uint64_t list_offset = out.size();
    out += Section(list);
    toc.postings_table = toc.label_offset_table = out.size();
    if (table.empty()) table = Count(2) + Entry("", "", list_offset) + Entry("a", "b", list_offset);
    out += Section(table);
    toc.AppendTo(&out);
    return out;
  }
  static std::string Count(uint32_t count) {
    std::string out;
    ByteWriter(&out).U32Be(count);
    return out;
  }
  static std::string Text(std::string_view text) {
    std::string out;
    ByteWriter(&out).UvarintBytes(text);
    return out;
  }
  static std::string Entry(std::string_view name, std::string_view value, uint64_t offset) {
    std::string out = "\2" + Text(name) + Text(value);
    ByteWriter(&out).Uvarint(offset);
    return out;
  }
  static std::string Section(const std::string& payload) {
    std::string out = Count(static_cast<uint32_t>(payload.size())) + payload;
    ByteWriter(&out).U32Be(Crc32c(payload));
    return out;
  }
};

Status ReadIndex(const std::string& bytes) {
  const auto index = TRY(IndexReader::FromBytes(bytes, "b/index"));
  const labels::Matchers matchers = {labels::Matcher::Equal("a", "b")};
  const MatchedPostings matched = TRY(MatchPostings(Context::Background(), *index, matchers));
  SeriesEntry entry;
  for (auto ids = matched.ids->Next(); !ids.empty(); ids = matched.ids->Next()) {
    for (const SeriesId id : ids) {
      RETURN_IF_ERROR(index->Series(id, &entry));
      for (const LabelSymbols& label : entry.labels) {
        RETURN_IF_ERROR(index->symbols().Get(label.name).status());
        RETURN_IF_ERROR(index->symbols().Get(label.value).status());
      }
    }
  }
  return OkStatus();
}

TEST_CASE("wrong contents under right checksums are DataLoss with file and offset, without a large allocation") {
  CHECK(ReadIndex(HandMadeIndex().Build()).ok());
  std::vector<std::pair<std::string, HandMadeIndex>> cases;
  const auto add = [&](const char* what) -> HandMadeIndex& { return cases.emplace_back(what, HandMadeIndex()).second; };
  const std::string endless(200, '\xFF');
  add("symbols out of order").symbols = HandMadeIndex::Count(3) + HandMadeIndex::Text("") + HandMadeIndex::Text("b") + HandMadeIndex::Text("a");
  add("2^32-1 symbols").symbols = HandMadeIndex::Count(UINT32_MAX) + HandMadeIndex::Text("a");
  add("endless symbol size").symbols = HandMadeIndex::Count(1) + endless;
  add("bytes after the symbols").symbols = HandMadeIndex::Count(1) + HandMadeIndex::Text("") + "x";
  add("2^63 labels").series_body = std::string("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10);
  add("endless label count").series_body = endless;
  add("2^32 chunks").series_body = std::string("\1\1\2\x80\x80\x80\x80\x10", 8);
  add("symbol that is not there").series_body = std::string("\1\1\x64\0", 4);
  add("symbol reference above 32 bits").series_body = std::string("\1\1\x80\x80\x80\x80\x80\x01\0", 9);
  add("chunk that ends before it starts").series_body =
      std::string("\1\1\2\1\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x08", 16);
  add("bytes after the series").series_body = std::string("\1\1\2\0x", 5);
  add("postings pointing nowhere").postings_ids = HandMadeIndex::Count(100'000'000);
  add("postings pointing before the series").postings_ids = HandMadeIndex::Count(0);
  add("2^32-1 table entries").table = HandMadeIndex::Count(UINT32_MAX) + HandMadeIndex::Entry("", "", 5);
  add("table out of order").table =
      HandMadeIndex::Count(2) + HandMadeIndex::Entry("a", "b", 5) + HandMadeIndex::Entry("a", "a", 5);
  add("table entry of three strings").table = HandMadeIndex::Count(1) + "\3" + HandMadeIndex::Entry("a", "b", 5).substr(1);
  add("list outside the file").table = HandMadeIndex::Count(1) + HandMadeIndex::Entry("a", "b", UINT64_MAX);
  add("list at a place that is none").table = HandMadeIndex::Count(1) + HandMadeIndex::Entry("a", "b", 7);
  add("endless name").table = HandMadeIndex::Count(1) + "\2" + endless;
  for (auto& [what, index] : cases) {
    INFO(what);
    const Status status = ReadIndex(index.Build());
    CHECK(status.code() == StatusCode::kDataLoss);
    CHECK(status.message().starts_with("b/index: "));
    CHECK(status.message().find("at offset ") != std::string::npos);
  }
}

TEST_CASE("a label of 1 MiB is read like any other") {
  HandMadeIndex index;
  const std::string large(1 << 20, 'x');
  index.symbols = HandMadeIndex::Count(3) + HandMadeIndex::Text("") + HandMadeIndex::Text("a") + HandMadeIndex::Text(large);
  index.table = {};
  const std::string bytes = index.Build();
  const auto reader = IndexReader::FromBytes(bytes, "b/index").value();
  SeriesEntry entry;
  REQUIRE(reader->Series(reader->AllPostings().value()[0], &entry).ok());
  CHECK(reader->symbols().Get(entry.labels[0].value).value() == large);
}

}  // namespace
}  // namespace epi::tsdb
