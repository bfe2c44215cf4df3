#include "tests/unit/tsdb/index_v1.h"

#include <fstream>

#include "common/base/file.h"
#include "common/base/random.h"
#include "common/tsdb/block_querier.h"
#include "common/tsdb/block_verify.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

// What a block answers: its series with their samples, and the values of every label.
std::string AnswersOf(const std::string& directory) {
  const BlockQuerier querier({Block::Open(directory).value()});
  std::string text;
  for (const labels::Matchers& matchers : {labels::Matchers{}, labels::Matchers{labels::Matcher::NotEqual("instance", "")},
                                           labels::Matchers{labels::Matcher::Make(labels::MatchType::kRegex, "__name__", "s.*").value()}}) {
    series::SelectRequest request;
    request.matchers = matchers;
    const auto set = querier.Select(Context::Background(), request).value();
    for (auto series = set->Next().value(); series != nullptr; series = set->Next().value()) {
      SampleDigest digest;
      const auto cursor = series->Samples().value();
      for (const auto* batch = cursor->Next().value(); batch != nullptr; batch = cursor->Next().value()) digest.Add(*batch);
      StrAppend(&text, series->labels().ToString(), " ", digest.samples(), " ", digest.text(), "\n");
    }
  }
  const series::LabelStrings names = querier.LabelNames(Context::Background(), {}).value();
  for (const std::string& name : names.values) {
    const series::LabelStrings values = querier.LabelValues(Context::Background(), name, {}).value();
    for (const std::string& value : values.values) StrAppend(&text, name, "=", value, "\n");
  }
  return text;
}

TEST_CASE("a block with an index of version 1 answers and verifies like one of version 2") {
  const uint64_t seed = TestSeed();
  INFO("seed " << seed);
  for (const std::string fixture : {"float-xor", "histograms", "level-3", "before-epoch"}) {
    INFO(fixture);
    const TruthBlock block = ReadTruthBlocks(fixture)[0];
    const TempDir temp;
    const std::string copy = temp.path() + "/block";
    std::filesystem::copy(block.directory, copy, std::filesystem::copy_options::recursive);
    const auto v2 = IndexReader::Open(block.directory + "/index").value();
    std::ofstream(copy + "/index", std::ios::binary | std::ios::trunc) << IndexV1Builder(seed).Build(*v2);
    const auto v1 = IndexReader::Open(copy + "/index").value();
    CHECK(v1->version() == kIndexV1);
    CHECK(v1->AllPostings().value().count() == block.series.size());
    CHECK(v1->postings_table().names().size() == v2->postings_table().names().size());
    CHECK(AnswersOf(copy) == AnswersOf(block.directory));
    CHECK(VerifyBlock(Context::Background(), copy).value().ToStatus().ToString() == Status().ToString());
  }
}

TEST_CASE("an index of version 1 with a damaged byte is never read wrong") {
  const uint64_t seed = TestSeed();
  INFO("seed " << seed);
  Random random(seed);
  const auto v2 = IndexReader::Open(ReadTruthBlocks("before-epoch")[0].directory + "/index").value();
  const std::string whole = IndexV1Builder(seed).Build(*v2);
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << random.Uniform(8));
    const auto index = IndexReader::FromBytes(bytes, "index");
    if (!index.ok()) {
      CHECK(index.status().code() == StatusCode::kDataLoss);
      continue;
    }
    const Result<PostingsList> all = (*index)->AllPostings();
    SeriesEntry entry;
    for (size_t i = 0; all.ok() && i < all->count(); ++i) {
      if (!(*index)->Series((*all)[i], &entry).ok()) continue;
      for (const LabelSymbols& label : entry.labels) CHECK((*index)->symbols().Get(label.name).ok());
    }
  }
}

}  // namespace
}  // namespace epi::tsdb
