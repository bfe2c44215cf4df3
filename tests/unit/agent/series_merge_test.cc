#include "agent/sidecar/series_merge.h"

#include "agent/sidecar/external_matchers.h"
#include "agent/sidecar/read_request.h"
#include "common/storeapi/wire_series.h"
#include "tests/support/catch.h"

namespace epi::agent {
namespace {

struct Got {
  labels::Labels labels;
  size_t chunks = 0;
};

struct Run {
  std::vector<Got> series;
  Status status;
};

Run Merge(SeriesMerge::Mode mode, const labels::Labels& external, const labels::Labels& added,
          const std::vector<ReadSeries>& answer) {
  Run run;
  SeriesMerge merge(mode, external, added, nullptr,
                    [&](const labels::Labels& labels, std::string_view encoded, size_t chunks) {
                      storeapi::SeriesView view;
                      RETURN_IF_ERROR(storeapi::ParseSeries(encoded, &view));
                      CHECK(TRY(storeapi::ToLabels(view)) == labels);
                      CHECK(view.chunks.size() == chunks);
                      run.series.push_back({labels, chunks});
                      return OkStatus();
                    });
  for (const ReadSeries& series : answer) {
    run.status = merge.Push(series);
    if (!run.status.ok()) return run;
  }
  run.status = merge.Finish();
  return run;
}

tsdb::ChunkView Chunk(int64_t mint_ms) { return {mint_ms, mint_ms + 10, tsdb::ChunkRef(), {tsdb::Encoding::kXor, "data"}}; }

const labels::Labels kExternal = {{"cluster", "eu1"}, {"replica", "0"}};

TEST_CASE("parts of one series are put together and external labels stay") {
  const labels::Labels up = {{"__name__", "up"}, {"cluster", "eu1"}, {"replica", "0"}};
  const Run run = Merge(SeriesMerge::Mode::kStreamed, kExternal, kExternal, {{up, {Chunk(0)}}, {up, {Chunk(20), Chunk(40)}}});
  REQUIRE(run.status.ok());
  REQUIRE(run.series.size() == 1);
  CHECK(run.series[0].labels == up);
  CHECK(run.series[0].chunks == 3);
}

TEST_CASE("a replica label that is not wanted is left out and the order follows") {
  const labels::Labels added = {{"cluster", "eu1"}};
  const Run run = Merge(SeriesMerge::Mode::kStreamed, kExternal, added,
                        {{{{"__name__", "up"}, {"cluster", "eu1"}, {"replica", "0"}}, {Chunk(0)}},
                         {{{"__name__", "up"}, {"cluster", "eu1"}, {"job", "a"}, {"replica", "0"}}, {Chunk(0)}}});
  REQUIRE(run.status.ok());
  CHECK(run.series[0].labels == labels::Labels({{"__name__", "up"}, {"cluster", "eu1"}}));
  CHECK(run.series[1].labels == labels::Labels({{"__name__", "up"}, {"cluster", "eu1"}, {"job", "a"}}));
}

TEST_CASE("an own label of an external name aborts the stream and is overridden when sorting") {
  const std::vector<ReadSeries> answer = {{{{"__name__", "up"}, {"cluster", "a"}, {"zone", "2"}}, {Chunk(0)}},
                                          {{{"__name__", "up"}, {"cluster", "b"}, {"zone", "1"}}, {Chunk(0)}}};
  const labels::Labels external = {{"cluster", "eu1"}};
  CHECK(Merge(SeriesMerge::Mode::kStreamed, external, external, answer).status.code() == StatusCode::kAborted);
  const Run run = Merge(SeriesMerge::Mode::kSorted, external, external, answer);
  REQUIRE(run.status.ok());
  REQUIRE(run.series.size() == 2);
  CHECK(run.series[0].labels == labels::Labels({{"__name__", "up"}, {"cluster", "eu1"}, {"zone", "1"}}));
  CHECK(run.series[1].labels == labels::Labels({{"__name__", "up"}, {"cluster", "eu1"}, {"zone", "2"}}));
}

TEST_CASE("series out of order from Prometheus are an error, not a silent mix-up") {
  const Run run = Merge(SeriesMerge::Mode::kStreamed, kExternal, kExternal,
                        {{{{"__name__", "z"}}, {Chunk(0)}}, {{{"__name__", "a"}}, {Chunk(0)}}});
  CHECK(run.status.code() == StatusCode::kDataLoss);
}

TEST_CASE("matchers on external labels are settled without Prometheus") {
  const labels::Matcher job = labels::Matcher::Equal("job", "api");
  const labels::Matcher eu = labels::Matcher::Equal("cluster", "eu1");
  const labels::Matcher us = labels::Matcher::Equal("cluster", "us1");
  CHECK(*WithoutExternal(std::vector{job, eu}, kExternal) == labels::Matchers{job});
  CHECK_FALSE(WithoutExternal(std::vector{job, us}, kExternal).has_value());
  const auto all = WithoutExternal(std::vector{eu}, kExternal);
  REQUIRE(all.has_value());
  CHECK(all->size() == 1);
  CHECK(all->front().ToString() == "__name__=~\".+\"");
}

TEST_CASE("a read request has its fields where Prometheus looks for them") {
  ReadQuery query;
  query.mint_ms = 1;
  query.maxt_ms = 2;
  query.matchers = {labels::Matcher::NotEqual("a", "b")};
  const std::string encoded = EncodeReadRequest(query);
  const std::string expected(
      "\x0a\x1a\x08\x01\x10\x02\x1a\x08\x08\x01\x12\x01" "a" "\x1a\x01" "b" "\x22\x0a\x08\x00\x12\x00\x18\x01\x20\x02\x38\x00\x10\x01\x10\x00",
      32);
  CHECK(encoded == expected);
}

}  // namespace
}  // namespace epi::agent
