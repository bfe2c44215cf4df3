#include "common/tsdb/block_dump.h"

#include "common/base/file.h"
#include "common/tsdb/block_analyze.h"
#include "common/tsdb/block_list.h"
#include "tests/support/catch.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

std::string Dump(const std::string& fixture, const DumpRequest& request = {}) {
  std::vector<std::shared_ptr<const Block>> blocks;
  for (const TruthBlock& truth : ReadTruthBlocks(fixture)) blocks.push_back(Block::Open(truth.directory).value());
  std::string text;
  const Status status = DumpBlocks(Context::Background(), BlockQuerier(blocks), request, [&](std::string_view piece) {
    text += piece;
    return OkStatus();
  });
  INFO(status.message());
  REQUIRE(status.ok());
  return text;
}

TEST_CASE("a dump is promtool's, byte for byte") {
  CHECK(Dump("before-epoch") == ReadFile(StrCat(kBlockFixtures, "/before-epoch/dump.txt")).value());
}

TEST_CASE("a dump of a block with deletions has what remains") {
  CHECK((Dump("tombstones") == ReadFile(StrCat(kBlockFixtures, "/tombstones/dump-after-deletes.txt")).value()));
}

TEST_CASE("a dump is cut to its time range and matchers") {
  DumpRequest request;
  request.mint_ms = -7'140'002;
  request.maxt_ms = -7'079'999;
  request.matchers = {labels::Matcher::Equal("i", "0")};
  CHECK(Dump("before-epoch", request) ==
        "{__name__=\"shop_before_epoch\", i=\"0\"} -7.140002e+06 -7140002\n"
        "{__name__=\"shop_before_epoch\", i=\"0\"} -7.079999e+06 -7079999\n");
  request.format = DumpFormat::kOpenMetrics;
  CHECK(Dump("before-epoch", request) ==
        "shop_before_epoch{i=\"0\"} -7.140002e+06 -7140.002\n"
        "shop_before_epoch{i=\"0\"} -7.079999e+06 -7079.999\n"
        "# EOF\n");
}

TEST_CASE("histograms are dumped with their buckets, integer counts as integers") {
  DumpRequest request;
  request.matchers = {labels::Matcher::Equal("__name__", "shop_latency_seconds"), labels::Matcher::Equal("schema", "-53")};
  const std::string text = Dump("histograms", request);
  CHECK(text.find("{count:") != std::string::npos);
  CHECK(text.find("e+06 1741") == std::string::npos);
}

TEST_CASE("ls names blocks in order of time") {
  const Result<std::vector<ListedBlock>> blocks = ListBlocks(StrCat(kBlockFixtures, "/overlapping-pair"));
  REQUIRE(blocks.ok());
  CHECK(FormatBlockList(*blocks) ==
        "BLOCK ULID                  MIN TIME              MAX TIME              DURATION  NUM SAMPLES  NUM CHUNKS  NUM SERIES  "
        "LEVEL  RESOLUTION  SIZE\n"
        "01M7Y37FSXWD0EFEJY3YW3G6QT  2025-03-13T00:00:00Z  2025-03-13T02:00:00Z  2h        2401         21          6           "
        "1      raw         7157\n"
        "01M7Y37FV89KVAZCNZCAGKZFMK  2025-03-13T00:00:00Z  2025-03-13T02:00:00Z  2h        2825         15          6           "
        "1      raw         11804\n");
}

TEST_CASE("analyze ranks what a block is made of") {
  const auto block = Block::Open(ReadTruthBlocks("overlapping-merged")[0].directory).value();
  const BlockAnalysis analysis = AnalyzeBlock(Context::Background(), *block, 2).value();
  CHECK(analysis.series == block->meta().stats.series);
  REQUIRE(analysis.common_pairs.size() == 2);
  CHECK(analysis.common_pairs[0].amount >= analysis.common_pairs[1].amount);
  CHECK(analysis.cardinal_metrics[0].text == "http_events_total");
  CHECK(analysis.cardinal_metrics[0].amount == 3);
  CHECK(FormatAnalysis(*block, analysis).find("\nHighest cardinality metric names:\n3 http_events_total\n") != std::string::npos);
}

}  // namespace
}  // namespace epi::tsdb
