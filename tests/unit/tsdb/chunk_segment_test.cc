#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "common/tsdb/chunk_segment_reader.h"
#include "common/tsdb/chunk_segment_writer.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace epi::tsdb {
namespace {

std::string DataOf(size_t i) { return std::string(i % 300, static_cast<char>('a' + i % 26)) + "0123456789"; }

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("chunks written over several segments read back from their references") {
  const TempDir dir;
  auto writer = ChunkSegmentWriter::Create(dir.path(), 4096).value();
  std::vector<ChunkRef> refs;
  for (size_t i = 0; i < 100; ++i) refs.push_back(writer->Write({Encoding::kXor, DataOf(i)}).value());
  REQUIRE(writer->Finish().ok());
  CHECK(writer->segment_count() > 1);
  CHECK(refs.front() == ChunkRef(0, 8));
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    CHECK(entry.file_size() <= 4096);
    bytes += entry.file_size();
  }
  CHECK(bytes == writer->bytes_written());
  const auto reader = ChunkSegmentReader::Open(dir.path()).value();
  REQUIRE(reader->segment_count() == writer->segment_count());
  for (size_t i = 0; i < refs.size(); ++i) {
    // Twice: the second time without the checksum.
    for (int round = 0; round < 2; ++round) {
      const ChunkData chunk = reader->Read(refs[i]).value();
      REQUIRE(chunk.encoding == Encoding::kXor);
      REQUIRE(chunk.data == DataOf(i));
    }
    const ChunkRef next = reader->Next(refs[i]).value();
    const bool last_of_segment = i + 1 == refs.size() || refs[i + 1].segment() != refs[i].segment();
    if (last_of_segment) {
      REQUIRE(next.offset() == reader->segment(refs[i].segment()).size());
    } else {
      REQUIRE(next == refs[i + 1]);
    }
  }
}

TEST_CASE("copying framed chunks gives the same file") {
  const TempDir from;
  const TempDir to;
  auto writer = ChunkSegmentWriter::Create(from.path()).value();
  std::vector<ChunkRef> refs;
  for (size_t i = 0; i < 50; ++i) refs.push_back(writer->Write({Encoding::kHistogram, DataOf(i)}).value());
  REQUIRE(writer->Finish().ok());
  const auto reader = ChunkSegmentReader::Open(from.path()).value();
  auto copier = ChunkSegmentWriter::Create(to.path()).value();
  for (const ChunkRef ref : refs) REQUIRE(copier->WriteFramed(reader->ReadFramed(ref).value()).value() == ref);
  REQUIRE(copier->Finish().ok());
  CHECK(ReadFile(from.path() + "/000001") == ReadFile(to.path() + "/000001"));
}

TEST_CASE("a chunk larger than a segment gets a segment of its own") {
  const TempDir dir;
  auto writer = ChunkSegmentWriter::Create(dir.path(), 1000).value();
  const std::string large(5'000'000, 'x');
  CHECK(writer->Write({Encoding::kXor, large}).value() == ChunkRef(0, 8));
  CHECK(writer->Write({Encoding::kXor, DataOf(1)}).value() == ChunkRef(1, 8));
  REQUIRE(writer->Finish().ok());
  CHECK(ChunkSegmentReader::Open(dir.path()).value()->Read(ChunkRef(0, 8)).value().data == large);
}

TEST_CASE("a damaged chunk is named by file and offset, and its neighbours still read") {
  const TempDir dir;
  auto writer = ChunkSegmentWriter::Create(dir.path()).value();
  std::vector<ChunkRef> refs;
  for (size_t i = 0; i < 3; ++i) refs.push_back(writer->Write({Encoding::kXor, DataOf(i + 20)}).value());
  REQUIRE(writer->Finish().ok());
  std::string bytes = ReadFile(dir.path() + "/000001");
  bytes[refs[1].offset() + 5] ^= 1;
  const auto reader = ChunkSegmentReader::FromBytes("block/chunks", {bytes}).value();
  CHECK(reader->Read(refs[0]).ok());
  CHECK(reader->Read(refs[2]).ok());
  const Status status = reader->Read(refs[1]).status();
  CHECK(status.code() == StatusCode::kDataLoss);
  CHECK(status.message() == "block/chunks/000001: chunk at offset 44: checksum mismatch");
}

TEST_CASE("a verified chunk does not vouch for its neighbours, however small they are") {
  const TempDir dir;
  auto writer = ChunkSegmentWriter::Create(dir.path()).value();
  std::vector<ChunkRef> refs;
  for (size_t i = 0; i < 40; ++i) refs.push_back(writer->Write({Encoding::kXor, std::string(i % 5, 'x')}).value());
  REQUIRE(writer->Finish().ok());
  const std::string whole = ReadFile(dir.path() + "/000001");
  for (size_t bad = 0; bad < refs.size(); ++bad) {
    std::string bytes = whole;
    bytes[refs[bad].offset() + 1] ^= 1;  // Its encoding.
    const auto reader = ChunkSegmentReader::FromBytes("c", {bytes}).value();
    for (int round = 0; round < 2; ++round) {
      for (size_t i = 0; i < refs.size(); ++i) {
        REQUIRE(reader->Read(refs[i]).ok() == (i != bad));
        REQUIRE(reader->ReadFramed(refs[i]).ok() == (i != bad));
      }
    }
  }
}

TEST_CASE("a reference into the middle of a verified chunk is no chunk") {
  const TempDir dir;
  auto writer = ChunkSegmentWriter::Create(dir.path()).value();
  const ChunkRef ref = writer->Write({Encoding::kXor, std::string("\2\1ab\0\0\0\0\0", 9)}).value();
  REQUIRE(writer->Finish().ok());
  const std::string bytes = ReadFile(dir.path() + "/000001");
  const auto reader = ChunkSegmentReader::FromBytes("c", {bytes}).value();
  REQUIRE(reader->Read(ref).ok());
  // The data look like the frame of another chunk, but for the checksum.
  const ChunkRef within(0, ref.offset() + 2);
  REQUIRE(reader->Next(within).ok());
  CHECK(reader->Read(within).status().message() == "c/000001: chunk at offset 10: checksum mismatch");
}

TEST_CASE("references that point nowhere and cut files are errors") {
  const TempDir dir;
  auto writer = ChunkSegmentWriter::Create(dir.path()).value();
  const ChunkRef ref = writer->Write({Encoding::kXor, DataOf(100)}).value();
  REQUIRE(writer->Finish().ok());
  const std::string bytes = ReadFile(dir.path() + "/000001");
  const auto whole = ChunkSegmentReader::FromBytes("c", {bytes}).value();
  for (const ChunkRef bad : {ChunkRef(0, 0), ChunkRef(0, 7), ChunkRef(1, 8), ChunkRef(0, 0xffffffff), ChunkRef(0, 30)}) {
    CHECK(whole->Read(bad).status().code() == StatusCode::kDataLoss);
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    const auto reader = ChunkSegmentReader::FromBytes("c", {cut});
    REQUIRE(reader.ok() == (size >= kChunkSegmentHeaderBytes));
    if (reader.ok()) REQUIRE((*reader)->Read(ref).status().code() == StatusCode::kDataLoss);
  }
  std::string wrong = bytes;
  wrong[0] = 'x';
  CHECK(ChunkSegmentReader::FromBytes("c", {wrong}).status().message() == "c/000001: not a chunk segment (wrong magic number)");
  wrong = bytes;
  wrong[4] = 2;
  CHECK(ChunkSegmentReader::FromBytes("c", {wrong}).status().message() == "c/000001: unknown chunk segment version 2");
}

TEST_CASE("missing segments and an empty directory are told apart") {
  const TempDir dir;
  CHECK(ChunkSegmentReader::Open(dir.path()).status().code() == StatusCode::kNotFound);
  CHECK(ChunkSegmentReader::Open(dir.path() + "/none").status().code() == StatusCode::kNotFound);
  auto writer = ChunkSegmentWriter::Create(dir.path(), 100).value();
  for (size_t i = 0; i < 3; ++i) REQUIRE(writer->Write({Encoding::kXor, DataOf(80)}).ok());
  REQUIRE(writer->Finish().ok());
  std::filesystem::remove(dir.path() + "/000002");
  CHECK(ChunkSegmentReader::Open(dir.path()).status().message() == dir.path() + ": segment 000002 is missing, found 000003");
}

TEST_CASE("a full disk fails the writer for good, with the file's name") {
  const TempDir dir;
  const auto previous_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{100'000, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  auto writer = ChunkSegmentWriter::Create(dir.path()).value();
  Status failed;
  for (size_t i = 0; i < 10'000 && failed.ok(); ++i) failed = writer->Write({Encoding::kXor, std::string(1000, 'x')}).status();
  const Status finished = writer->Finish();
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, previous_handler);
  CHECK(failed.code() == StatusCode::kResourceExhausted);
  CHECK(failed.message().find("write " + dir.path() + "/000001") == 0);
  CHECK(finished.code() == StatusCode::kResourceExhausted);
}

TEST_CASE("framed chunks from a ranged read say how many bytes they need") {
  const TempDir dir;
  auto writer = ChunkSegmentWriter::Create(dir.path()).value();
  const ChunkRef ref = writer->Write({Encoding::kXor, DataOf(299)}).value();
  REQUIRE(writer->Finish().ok());
  const std::string framed = ReadFile(dir.path() + "/000001").substr(ref.offset());
  size_t framed_bytes = 0;
  size_t need_bytes = 0;
  CHECK(ParseFramedChunk(framed + "rest", true, &framed_bytes, &need_bytes).value().data == DataOf(299));
  CHECK(framed_bytes == framed.size());
  CHECK(ParseFramedChunk(framed.substr(0, 100), true, &framed_bytes, &need_bytes).status().code() == StatusCode::kOutOfRange);
  CHECK(need_bytes == framed.size());
  CHECK(ParseFramedChunk(framed.substr(0, 1), true, &framed_bytes, &need_bytes).status().code() == StatusCode::kOutOfRange);
  CHECK(need_bytes == 0);
  CHECK(ParseFramedChunk(std::string(12, '\xff'), true, &framed_bytes, &need_bytes).status().code() == StatusCode::kDataLoss);
}

}  // namespace
}  // namespace epi::tsdb
