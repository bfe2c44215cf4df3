#include "common/tsdb/index_header.h"

#include <filesystem>
#include <fstream>

#include "common/base/file.h"
#include "common/base/ulid.h"
#include "common/tsdb/index_header_writer.h"
#include "common/tsdb/index_reader.h"
#include "common/tsdb/postings_list.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tsdb/block_truth.h"
#include "tests/unit/tsdb/index_v1.h"

namespace epi::tsdb {
namespace {

namespace fs = std::filesystem;

struct HeaderFixture {
  std::string header;  // Path of Thanos' file.
  std::string index;   // Path of the index that it was made from.
};

std::vector<HeaderFixture> ReadFixtures() {
  std::vector<HeaderFixture> fixtures;
  for (const auto& header : fs::directory_iterator("tests/fixtures/index_headers")) {
    const std::string ulid = header.path().filename();
    if (ulid.size() != Ulid::kTextSize) continue;
    for (const auto& entry : fs::recursive_directory_iterator("tests/fixtures")) {
      if (entry.path().filename() == "index" && entry.path().parent_path().filename() == ulid) {
        fixtures.push_back({header.path(), entry.path()});
      }
    }
  }
  REQUIRE(fixtures.size() == 17);
  return fixtures;
}

// Every symbol and every list, found through the header, is that of the index; each byte of the lists lies in the header's range.
void RequireSame(const IndexHeader& header, const IndexReader& index, const std::string& index_bytes) {
  REQUIRE(header.index_version() == index.version());
  REQUIRE(header.index_size_bytes() == index_bytes.size());
  REQUIRE(header.toc() == index.toc());
  REQUIRE(header.symbols().count() == index.symbols().count());
  for (const PostingsTable::Name& name : index.postings_table().names()) {
    PostingsTable::ValueCursor values = index.postings_table().Values(name.text);
    PostingsTable::ValueCursor header_values = header.postings_table().Values(name.text);
    while (values.Next()) {
      REQUIRE(header_values.Next());
      REQUIRE(header_values.value() == values.value());
      const IndexRange range = header.PostingsRange(header_values);
      REQUIRE(header.PostingsRange(name.text, values.value()) == range);
      const std::string bytes = index_bytes.substr(range.begin, range.end - range.begin);
      const PostingsList list = ReadPostingsList({bytes, "range"}, 0).value();
      const PostingsList expected = index.PostingsAt(values.list_offset()).value();
      REQUIRE(std::string_view(reinterpret_cast<const char*>(list.data()), list.count() * 4) ==  // NOLINT
              std::string_view(reinterpret_cast<const char*>(expected.data()), expected.count() * 4));  // NOLINT
    }
    REQUIRE_FALSE(header_values.Next());
  }
  CHECK_FALSE(header.PostingsRange("no such", "label"));
}

TEST_CASE("Thanos' index headers are read, and ours have their bytes") {
  const TempDir temp;
  for (const HeaderFixture& fixture : ReadFixtures()) {
    INFO(fixture.index);
    const auto header = IndexHeader::Open(fixture.header).value();
    const auto index = IndexReader::Open(fixture.index).value();
    RequireSame(*header, *index, ReadFile(fixture.index).value());
    const std::string ours = temp.path() + "/" + std::string(kIndexHeaderFileName);
    REQUIRE(WriteIndexHeader(fixture.index, ours).ok());
    CHECK(ReadFile(ours).value() == ReadFile(fixture.header).value());
  }
  CHECK(temp.List() == std::vector<std::string>{"index-header"});
}

TEST_CASE("the header of a version 1 index names its symbols and finds its lists") {
  const TempDir temp;
  const auto v2 = IndexReader::Open(ReadTruthBlocks("float-xor")[0].directory + "/index").value();
  const std::string bytes = IndexV1Builder(1).Build(*v2);
  std::ofstream(temp.path() + "/index", std::ios::binary) << bytes;
  REQUIRE(WriteIndexHeader(temp.path() + "/index", temp.path() + "/index-header").ok());
  const auto header = IndexHeader::Open(temp.path() + "/index-header").value();
  const auto index = IndexReader::Open(temp.path() + "/index").value();
  RequireSame(*header, *index, bytes);
  const PostingsList all = index->AllPostings().value();
  SeriesEntry entry;
  for (size_t i = 0; i < all.count(); ++i) {
    REQUIRE(index->Series(all[i], &entry).ok());
    for (const LabelSymbols& label : entry.labels) {
      REQUIRE(header->symbols().Get(label.name).value() == index->symbols().Get(label.name).value());
      REQUIRE(header->symbols().Get(label.value).value() == index->symbols().Get(label.value).value());
    }
  }
}

TEST_CASE("a damaged index header is DataLoss, wherever the bit is") {
  const std::string whole = ReadFile("tests/fixtures/index_headers/01M7Y37FJV9KCCY040PRJ5VSZG").value();
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << (bit % 8));
    const Status status = IndexHeader::FromBytes(bytes, "dir/index-header").status();
    // Between symbols and what follows there are bytes of padding.
    if (status.ok()) {
      const auto header = IndexHeader::FromBytes(bytes, "dir/index-header").value();
      CHECK(bit / 8 >= header->symbols().end());
      CHECK(bit / 8 < header->symbols().end() + kSeriesAlignment);
      continue;
    }
    CHECK(status.code() == StatusCode::kDataLoss);
    CHECK(status.message().starts_with("dir/index-header: "));
  }
  for (size_t size = 0; size < whole.size(); ++size) {
    CHECK(IndexHeader::FromBytes(whole.substr(0, size), "h").status().code() == StatusCode::kDataLoss);
  }
  CHECK(IndexHeader::Open("tests/fixtures/index_headers/none").status().code() == StatusCode::kNotFound);
}

TEST_CASE("a header is not written from an index that is bad or comes short, and nothing is left behind") {
  const TempDir temp;
  const std::string whole = ReadFile(ReadTruthBlocks("level-2")[0].directory + "/index").value();
  const auto write = [&](const std::string& bytes, uint64_t cut_after) {
    const IndexSource source{"bucket/index", bytes.size(), [&](IndexRange range, const IndexSource::Sink& sink) {
                               const uint64_t end = std::min(range.end, std::max(range.begin, cut_after));
                               for (uint64_t at = range.begin; at < end; at += 7) {
                                 RETURN_IF_ERROR(sink(std::string_view(bytes).substr(at, std::min<uint64_t>(7, end - at))));
                               }
                               return OkStatus();
                             }};
    return WriteIndexHeader(source, temp.path() + "/index-header");
  };
  std::string bad_symbol = whole;
  bad_symbol[20] ^= 1;
  std::string bad_table = whole;
  bad_table[whole.size() - kTocBytes - 6] ^= 1;
  for (const std::string& bytes : {bad_symbol, bad_table, whole.substr(0, 40), whole.substr(1), std::string()}) {
    CHECK(write(bytes, UINT64_MAX).code() == StatusCode::kDataLoss);
  }
  CHECK(write(whole, 30).code() == StatusCode::kDataLoss);
  CHECK(temp.List().empty());
  CHECK(write(whole, UINT64_MAX).ok());
  CHECK(temp.List() == std::vector<std::string>{"index-header"});
}

}  // namespace
}  // namespace epi::tsdb
