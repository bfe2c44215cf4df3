#include "common/tsdb/block_querier.h"

#include "tests/support/catch.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

std::shared_ptr<const Block> OpenBlock(const std::string& directory) {
  Result<std::shared_ptr<const Block>> block = Block::Open(directory);
  INFO(block.status().message());
  REQUIRE(block.ok());
  return *block;
}

BlockQuerier QuerierOf(const std::string& fixture) {
  std::vector<std::shared_ptr<const Block>> blocks;
  for (const TruthBlock& block : ReadTruthBlocks(fixture)) blocks.push_back(OpenBlock(block.directory));
  return BlockQuerier(std::move(blocks));
}

struct Answer {
  labels::Labels labels;
  SampleDigest digest;
};

std::vector<Answer> Ask(const series::Querier& querier, const series::SelectRequest& request) {
  Result<std::unique_ptr<series::SeriesSet>> set = querier.Select(Context::Background(), request);
  INFO(set.status().message());
  REQUIRE(set.ok());
  std::vector<Answer> answers;
  std::unique_ptr<series::SampleCursor> cursor;
  for (;;) {
    Result<std::unique_ptr<series::Series>> series = (*set)->Next();
    INFO(series.status().message());
    REQUIRE(series.ok());
    if (*series == nullptr) return answers;
    Answer answer;
    answer.labels = (*series)->labels();
    cursor = (*series)->Samples(std::move(cursor)).value();
    for (;;) {
      Result<const series::SampleBatch*> batch = cursor->Next();
      INFO(batch.status().message());
      REQUIRE(batch.ok());
      if (*batch == nullptr) break;
      REQUIRE_FALSE((*batch)->empty());
      answer.digest.Add(**batch);
    }
    answers.push_back(std::move(answer));
  }
}

void CheckAnswers(const std::vector<Answer>& answers, const std::vector<TruthSeries>& truth) {
  REQUIRE(answers.size() == truth.size());
  for (size_t i = 0; i < truth.size(); ++i) {
    INFO(truth[i].labels.ToString());
    CHECK(answers[i].labels == truth[i].labels);
    CHECK(answers[i].digest.samples() == truth[i].samples);
    CHECK(answers[i].digest.text() == truth[i].digest);
  }
}

TEST_CASE("a querier gives every sample of Prometheus' blocks, bit for bit") {
  for (const TruthBlock& block : ReadTruthBlocks()) {
    if (block.fixture == "tombstones") continue;
    INFO(block.directory);
    const BlockQuerier querier({OpenBlock(block.directory)});
    CheckAnswers(Ask(querier, {}), block.series);
  }
}

TEST_CASE("overlapping blocks are merged as Prometheus compacts them") {
  CheckAnswers(Ask(QuerierOf("overlapping-pair"), {}), ReadTruthBlocks("overlapping-merged")[0].series);
}

TEST_CASE("a select of a deleted block gives the series Prometheus gives") {
  const BlockQuerier querier = QuerierOf("tombstones");
  for (const TruthQuery& query : ReadTruthQueries("tombstones")) {
    series::SelectRequest request;
    request.matchers = query.matchers;
    std::string text;
    for (const labels::Matcher& matcher : query.matchers) text += " " + matcher.ToString();
    INFO(text);
    CHECK(Ask(querier, request).size() == query.count);
  }
}

TEST_CASE("a select in a time range leaves out series and chunks outside it") {
  const TruthBlock block = ReadTruthBlocks("level-3")[0];
  const BlockQuerier querier({OpenBlock(block.directory)});
  const TruthSeries& first = block.series[0];
  series::SelectRequest request;
  request.mint_ms = request.maxt_ms = first.chunks[3].mint_ms;
  const std::vector<Answer> answers = Ask(querier, request);
  REQUIRE_FALSE(answers.empty());
  CHECK(answers[0].labels == first.labels);
  CHECK(answers[0].digest.samples() == first.chunk_samples[3]);
  request.mint_ms = request.maxt_ms = first.chunks[0].mint_ms - 1'000'000'000;
  CHECK(Ask(querier, request).empty());
}

TEST_CASE("a select stops at its limit") {
  const BlockQuerier querier = QuerierOf("float-xor");
  series::SelectRequest request;
  request.hints.limit = 3;
  CHECK(Ask(querier, request).size() == 3);
}

TEST_CASE("a cancelled select says so") {
  const Context ctx = Context::Background().WithCancel();
  const BlockQuerier querier = QuerierOf("float-xor");
  ctx.Cancel();
  const auto set = querier.Select(ctx, {});
  CHECK(set.status().code() == StatusCode::kCancelled);
}

TEST_CASE("label calls merge blocks, keep order and stop at their limit") {
  const BlockQuerier querier = QuerierOf("overlapping-pair");
  const auto truth = ReadTruthLabelValues("overlapping-merged");
  std::vector<std::string> names;
  for (const auto& [name, values] : truth) {
    names.push_back(name);
    CHECK(querier.LabelValues(Context::Background(), name, {}).value().values == values);
  }
  CHECK(querier.LabelNames(Context::Background(), {}).value().values == names);
  series::LabelRequest limited;
  limited.limit = 2;
  CHECK(querier.LabelNames(Context::Background(), limited).value().values.size() == 2);
}

}  // namespace
}  // namespace epi::tsdb
