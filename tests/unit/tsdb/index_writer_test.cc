#include "common/tsdb/index_writer.h"

#include "common/base/file.h"
#include "common/tsdb/index_reader.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

labels::Labels Series(int i) { return labels::Labels{{"__name__", "m"}, {"i", StrCat(100000 + i)}, {"mod", StrCat(i % 7)}}; }

TEST_CASE("an index written again has the bytes Prometheus wrote, whatever the memory for postings") {
  const TempDir temp;
  int files = 0;
  for (const TruthBlock& block : ReadTruthBlocks()) {
    INFO(block.directory);
    for (const uint64_t postings_bytes_max : {uint64_t{1}, uint64_t{100}, uint64_t{64} << 20}) {
      const std::string path = StrCat(temp.path(), "/", ++files);
      IndexWriterOptions options;
      options.postings_bytes_max = postings_bytes_max;
      auto writer = IndexWriter::Create(path, options).value();
      for (const TruthSeries& series : block.series) REQUIRE(writer->AddSeries(series.labels, series.chunks).ok());
      REQUIRE(writer->Finish().ok());
      const std::string written = ReadFile(path).value();
      REQUIRE(written.size() == writer->size_bytes());
      REQUIRE((written == ReadFile(block.directory + "/index").value()));
    }
  }
}

TEST_CASE("an index writer refuses series and chunks out of order") {
  const TempDir temp;
  auto writer = IndexWriter::Create(temp.path() + "/index").value();
  REQUIRE(writer->AddSeries(Series(2), std::vector<ChunkMeta>{{10, 20, ChunkRef(8)}}).ok());
  const auto refused = [&](const labels::Labels& series, std::vector<ChunkMeta> chunks) {
    return writer->AddSeries(series, chunks).code() == StatusCode::kInvalidArgument;
  };
  CHECK(refused(Series(1), {}));
  CHECK(refused(Series(2), {}));
  CHECK(refused(labels::Labels(), {}));
  CHECK(refused(Series(3), {{10, 9, ChunkRef(50)}}));
  CHECK(refused(Series(3), {{10, 20, ChunkRef(50)}, {20, 30, ChunkRef(60)}}));
  CHECK(refused(Series(3), {{10, 20, ChunkRef(70)}, {21, 30, ChunkRef(60)}}));
}

TEST_CASE("an index writer stops at the limits of the format") {
  const TempDir temp;
  const auto finish = [&](const IndexWriterOptions& options, const char* name) {
    auto writer = IndexWriter::Create(StrCat(temp.path(), "/", name), options).value();
    for (int i = 0; i < 1000; ++i) REQUIRE(writer->AddSeries(Series(i), {}).ok());
    return writer->Finish();
  };
  const Status file = finish({.file_bytes_max = 20000}, "file");
  CHECK(file.code() == StatusCode::kFailedPrecondition);
  CHECK(file.message().find("limit of the format") != std::string::npos);
  CHECK(finish({.section_bytes_max = 5000}, "section").code() == StatusCode::kFailedPrecondition);
  CHECK(finish({}, "whole").ok());
}

TEST_CASE("an index without series can be written and read") {
  const TempDir temp;
  auto writer = IndexWriter::Create(temp.path() + "/index").value();
  REQUIRE(writer->Finish().ok());
  const auto index = IndexReader::Open(temp.path() + "/index");
  REQUIRE(index.ok());
  CHECK((*index)->AllPostings().value().empty());
}

TEST_CASE("an index writer does not overwrite a file") {
  const TempDir temp;
  REQUIRE(IndexWriter::Create(temp.path() + "/index").ok());
  CHECK(IndexWriter::Create(temp.path() + "/index").status().code() == StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace epi::tsdb
