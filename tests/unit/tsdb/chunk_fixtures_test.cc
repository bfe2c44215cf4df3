#include <cstdlib>
#include <filesystem>

#include "common/tsdb/chunk_cutter.h"
#include "tests/support/catch.h"
#include "tests/unit/tsdb/chunk_text.h"

namespace epi::tsdb {
namespace {

// Chunks written by Prometheus; EPI_CHUNK_FIXTURES names another folder of the same form.
std::vector<std::string> FixtureFiles() {
  const char* other = std::getenv("EPI_CHUNK_FIXTURES");
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(other != nullptr ? other : "tests/fixtures/chunks")) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  REQUIRE_FALSE(paths.empty());
  return paths;
}

ChunkCutterOptions OptionsFor(const SeriesFixture& fixture) {
  ChunkCutterOptions options;
  options.policy = fixture.policy == "head" ? ChunkCutterOptions::Policy::kHead : ChunkCutterOptions::Policy::kCompaction;
  for (const ChunkFixture& chunk : fixture.chunks) {
    if (chunk.chunk.encoding == Encoding::kXor2) options.float_encoding = Encoding::kXor2;
    if (HasStartTimes(chunk.chunk.encoding)) options.histogram_start_times = true;
  }
  return options;
}

std::string Describe(const EncodedChunk& chunk) {
  std::string hex;
  for (const char c : chunk.data) hex += StrCat(static_cast<unsigned char>(c) < 16 ? "0" : "", Hex(uint64_t{static_cast<unsigned char>(c)}));
  return StrCat(EncodingName(chunk.encoding), " ", chunk.sample_count, " ", chunk.mint_ms, " ", chunk.maxt_ms, " ", hex);
}

TEST_CASE("every chunk of Prometheus decodes to its samples") {
  for (const std::string& path : FixtureFiles()) {
    INFO(path);
    for (const SeriesFixture& series : ReadChunkFixtures(path)) {
      SampleText text;
      ChunkIterator it;
      for (const ChunkFixture& fixture : series.chunks) {
        REQUIRE(SampleCount(fixture.chunk.view()).value() == fixture.chunk.sample_count);
        REQUIRE(it.Open(fixture.chunk.view()).ok());
        for (const std::string& expected : fixture.samples) {
          REQUIRE(it.Next().value());
          REQUIRE(text.Format(&it) == expected);
        }
        REQUIRE_FALSE(it.Next().value());
      }
    }
  }
}

std::optional<series::CounterResetHint> HeaderOf(const EncodedChunk& chunk) {
  if (KindOf(chunk.encoding) == SampleKind::kFloat) return std::nullopt;
  return ReadHistogramHeader(chunk.view()).value().reset;
}

void RequireSameChunks(const std::vector<EncodedChunk>& chunks, const SeriesFixture& series) {
  for (size_t i = 0; i < std::min(chunks.size(), series.chunks.size()); ++i) {
    INFO("chunk " << i);
    REQUIRE(Describe(chunks[i]) == Describe(series.chunks[i].chunk));
  }
  REQUIRE(chunks.size() == series.chunks.size());
}

TEST_CASE("rewriting Prometheus' series with the cuts they have gives the same bytes") {
  for (const std::string& path : FixtureFiles()) {
    INFO(path);
    size_t series_index = 0;
    for (const SeriesFixture& series : ReadChunkFixtures(path)) {
      INFO("series " << series_index++);
      ChunkCutterOptions options = OptionsFor(series);
      options.policy = ChunkCutterOptions::Policy::kExplicit;
      std::vector<EncodedChunk> chunks;
      ChunkCutter cutter(options, &chunks);
      ChunkIterator it;
      for (const ChunkFixture& fixture : series.chunks) {
        REQUIRE(it.Open(fixture.chunk.view()).ok());
        cutter.CutBeforeNext(HeaderOf(fixture.chunk));
        while (it.Next().value()) it.AppendTo(&cutter);
      }
      cutter.Finish();
      RequireSameChunks(chunks, series);
    }
  }
}

TEST_CASE("the samples of Prometheus' series are cut where Prometheus cut them") {
  for (const std::string& path : FixtureFiles()) {
    INFO(path);
    size_t series_index = 0;
    for (const SeriesFixture& series : ReadChunkFixtures(path)) {
      INFO("series " << series_index++);
      // What decided about the cuts of the others is not in their chunks: sizes before buckets were added, other series' chunks.
      if (series.policy == "explicit") continue;
      std::vector<EncodedChunk> chunks;
      ChunkCutter cutter(OptionsFor(series), &chunks);
      ChunkIterator it;
      for (const ChunkFixture& fixture : series.chunks) {
        REQUIRE(it.Open(fixture.chunk.view()).ok());
        while (it.Next().value()) it.AppendTo(&cutter);
        // Compaction re-encodes only runs of overlapping chunks; such a run ends with a chunk that is not full.
        if (series.policy == "compaction" && fixture.chunk.sample_count != ChunkCutter::kSamplesPerChunk) cutter.Finish();
      }
      cutter.Finish();
      RequireSameChunks(chunks, series);
    }
  }
}

}  // namespace
}  // namespace epi::tsdb
