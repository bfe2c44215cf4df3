#include "common/storeapi/wire_series.h"

#include "common/base/bytes.h"
#include "proto/store.pb.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/recorded_calls.h"

namespace epi::storeapi {
namespace {

const thanos::Chunk* PeerSlot(const thanos::AggrChunk& chunk, Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::kRaw: return chunk.has_raw() ? &chunk.raw() : nullptr;
    case Aggregate::kCount: return chunk.has_count() ? &chunk.count() : nullptr;
    case Aggregate::kSum: return chunk.has_sum() ? &chunk.sum() : nullptr;
    case Aggregate::kMin: return chunk.has_min() ? &chunk.min() : nullptr;
    case Aggregate::kMax: return chunk.has_max() ? &chunk.max() : nullptr;
    case Aggregate::kCounter: return chunk.has_counter() ? &chunk.counter() : nullptr;
  }
  return nullptr;
}

void CheckChunk(const thanos::AggrChunk& expected, const AggrChunkView& actual) {
  CHECK(actual.mint_ms == expected.min_time());
  CHECK(actual.maxt_ms == expected.max_time());
  const auto slots = ParseChunkSlots(actual.encoded);
  REQUIRE(slots.ok());
  for (size_t i = 0; i < kAggregates; ++i) {
    const auto aggregate = static_cast<Aggregate>(i);
    const thanos::Chunk* peer = PeerSlot(expected, aggregate);
    REQUIRE(slots->Has(aggregate) == (peer != nullptr));
    if (peer == nullptr) continue;
    CHECK((*slots)[aggregate].encoding == static_cast<uint64_t>(peer->type()));
    CHECK((*slots)[aggregate].data == peer->data());
    CHECK((*slots)[aggregate].hash == peer->hash());
  }
}

void CheckSeries(const thanos::Series& expected, std::string_view body) {
  SeriesView actual;
  REQUIRE(ParseSeries(body, &actual).ok());
  REQUIRE(actual.labels.size() == static_cast<size_t>(expected.labels_size()));
  for (int i = 0; i < expected.labels_size(); ++i) {
    CHECK(actual.labels[static_cast<size_t>(i)].name == expected.labels(i).name());
    CHECK(actual.labels[static_cast<size_t>(i)].value == expected.labels(i).value());
  }
  REQUIRE(actual.chunks.size() == static_cast<size_t>(expected.chunks_size()));
  for (int i = 0; i < expected.chunks_size(); ++i) CheckChunk(expected.chunks(i), actual.chunks[static_cast<size_t>(i)]);
}

// Our encoder, fed with what our decoder saw, must give bytes that the peer cannot tell from the original.
std::string Reencode(std::string_view body) {
  SeriesView view;
  REQUIRE(ParseSeries(body, &view).ok());
  const auto labels = ToLabels(view);
  REQUIRE(labels.ok());
  std::string out;
  AppendLabels(&out, *labels);
  for (const AggrChunkView& chunk : view.chunks) {
    const auto slots = ParseChunkSlots(chunk.encoded);
    REQUIRE(slots.ok());
    AppendChunk(&out, chunk.mint_ms, chunk.maxt_ms, *slots);
  }
  return out;
}

}  // namespace

TEST_CASE("recorded series responses decode as protobuf's own classes decode them") {
  size_t series_count = 0;
  for (const RecordedCall& call : RecordedCalls("series")) {
    INFO(call.name);
    for (const std::string& message : call.responses) {
      thanos::SeriesResponse expected;
      REQUIRE(expected.ParseFromString(message));
      std::vector<const thanos::Series*> peers;
      if (expected.has_series()) peers.push_back(&expected.series());
      for (const auto& series : expected.batch().series()) peers.push_back(&series);
      ResponseReader reader(message);
      size_t next = 0;
      for (;;) {
        const auto part = reader.Next();
        REQUIRE(part.ok());
        if (*part == ResponseReader::Part::kEnd) break;
        if (*part == ResponseReader::Part::kWarning) CHECK(reader.body() == expected.warning());
        if (*part == ResponseReader::Part::kHints) CHECK(reader.body() == expected.hints().SerializeAsString());
        if (*part != ResponseReader::Part::kSeries) continue;
        REQUIRE(next < peers.size());
        CheckSeries(*peers[next++], reader.body());
        CHECK(Reencode(reader.body()) == reader.body());
      }
      CHECK(next == peers.size());
      series_count += next;
    }
  }
  CHECK(series_count > 300);
}

TEST_CASE("recorded chunk hashes are right, and a flipped bit is found") {
  size_t checked = 0;
  for (const RecordedCall& call : RecordedCalls("series")) {
    for (const std::string& message : call.responses) {
      ResponseReader reader(message);
      for (auto part = reader.Next(); part.ok() && *part != ResponseReader::Part::kEnd; part = reader.Next()) {
        if (*part != ResponseReader::Part::kSeries) continue;
        SeriesView series;
        REQUIRE(ParseSeries(reader.body(), &series).ok());
        for (const AggrChunkView& chunk : series.chunks) {
          REQUIRE(CheckChunkHashes(chunk).ok());
          ++checked;
        }
      }
    }
  }
  CHECK(checked > 300);
  std::string series;
  WireChunkSlots slots;
  slots.Set(Aggregate::kRaw, {.encoding = 0, .data = "some data", .hash = 0});
  AppendChunk(&series, 1, 2, slots);
  series[series.find("some")] ^= 1;
  SeriesView view;
  REQUIRE(ParseSeries(series, &view).ok());
  const Status status = CheckChunkHashes(view.chunks.at(0));
  CHECK(status.code() == StatusCode::kDataLoss);
  CHECK(status.message().find("hash mismatch of chunk with samples from 1 to 2") == 0);
}

TEST_CASE("a batch frame is read by protobuf's own classes") {
  const auto labels = labels::Labels({{"__name__", "up"}, {"job", "x"}});
  std::string series;
  AppendLabels(&series, labels);
  BatchWriter batch;
  batch.Add(series);
  batch.Add(series);
  CHECK(batch.count() == 2);
  thanos::SeriesResponse peer;
  REQUIRE(peer.ParseFromString(batch.Take()));
  REQUIRE(peer.batch().series_size() == 2);
  CHECK(peer.batch().series(1).labels(1).value() == "x");
  CHECK(batch.count() == 0);
}

TEST_CASE("labels of every length around a varint's edges are written and read as protobuf does") {
  for (const size_t name_size : {1U, 2U, 127U, 128U, 255U, 16384U}) {
    for (const size_t value_size : {1U, 127U, 128U, 254U, 255U, 256U, 16383U, 16384U, 2097152U}) {
      INFO(name_size << " " << value_size);
      labels::LabelsBuilder builder;
      builder.Set(std::string(name_size, 'n'), std::string(value_size, 'v')).Set("zz", "1");
      std::string series;
      AppendLabels(&series, builder.Build());
      thanos::Series peer;
      REQUIRE(peer.ParseFromString(series));
      REQUIRE(peer.labels_size() == 2);
      CHECK(peer.labels(0).name().size() == name_size);
      CHECK(peer.labels(0).value().size() == value_size);
      CHECK(peer.SerializeAsString() == series);
      SeriesView view;
      REQUIRE(ParseSeries(series, &view).ok());
      CHECK(*ToLabels(view) == builder.Build());
    }
  }
}

TEST_CASE("one frame may mix single series, batches and warnings") {
  std::string series;
  AppendLabels(&series, labels::Labels({{"a", "b"}}));
  BatchWriter batch;
  batch.Add(series);
  std::string message;
  AppendSeriesResponse(&message, series);
  AppendWarningResponse(&message, "careful");
  message += batch.Take();
  ResponseReader reader(message);
  CHECK(*reader.Next() == ResponseReader::Part::kSeries);
  CHECK(*reader.Next() == ResponseReader::Part::kWarning);
  CHECK(reader.body() == "careful");
  CHECK(*reader.Next() == ResponseReader::Part::kSeries);
  CHECK(*reader.Next() == ResponseReader::Part::kEnd);
}

TEST_CASE("chunks are the same when their samples are, whatever hash was sent") {
  WireChunkSlots with_hash;
  with_hash.Set(Aggregate::kRaw, {.encoding = 0, .data = "abc", .hash = 0});
  std::string series;
  AppendChunk(&series, 1, 2, with_hash);
  SeriesView a;
  REQUIRE(ParseSeries(series, &a).ok());
  const std::string without_hash("\x08\x01\x10\x02\x1a\x05\x12\x03" "abc", 11);
  AggrChunkView b;
  REQUIRE(ParseAggrChunk(without_hash, &b).ok());
  CHECK(SameChunk(a.chunks[0], b));
  b.maxt_ms = 3;
  CHECK(!SameChunk(a.chunks[0], b));
}

TEST_CASE("unsorted labels are sorted, empty values dropped, repeated names refused") {
  SeriesView series;
  series.labels = {{"b", "2"}, {"a", "1"}, {"c", ""}};
  CHECK(ToLabels(series)->ToString() == R"({a="1", b="2"})");
  series.labels = {{"b", "2"}, {"b", "1"}};
  CHECK(ToLabels(series).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("every truncation of a response is an error or a shorter answer, never a crash") {
  std::string whole;
  for (const RecordedCall& call : RecordedCalls("series")) {
    if (whole.empty() && !call.responses.empty()) whole = call.responses[0];
  }
  REQUIRE(!whole.empty());
  size_t errors = 0;
  for (size_t size = 0; size < whole.size(); ++size) {
    ResponseReader reader(std::string_view(whole).substr(0, size));
    const auto part = reader.Next();
    if (!part.ok()) {
      CHECK(part.status().code() == StatusCode::kDataLoss);
      ++errors;
    }
  }
  CHECK(errors > whole.size() / 2);
}

TEST_CASE("malformed series name the message and the offset") {
  SeriesView series;
  CHECK(ParseSeries(std::string("\x0a\x05\x0a", 3), &series).ToString() == "DataLoss: malformed protobuf in Series at offset 2");
  CHECK(ParseSeries(std::string("\x12\x01\x1a", 3), &series).ToString() == "DataLoss: malformed protobuf in AggrChunk at offset 1");
}

}  // namespace epi::storeapi
