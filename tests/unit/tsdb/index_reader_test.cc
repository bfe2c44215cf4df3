#include "common/tsdb/index_reader.h"

#include "common/base/bytes.h"
#include "common/tsdb/block_labels.h"
#include "common/tsdb/matcher_postings.h"
#include "tests/support/catch.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

std::vector<SeriesId> AllIds(Postings* postings) {
  std::vector<SeriesId> ids;
  for (auto batch = postings->Next(); !batch.empty(); batch = postings->Next()) ids.insert(ids.end(), batch.begin(), batch.end());
  return ids;
}

std::unique_ptr<const IndexReader> OpenIndex(const TruthBlock& block) {
  Result<std::unique_ptr<const IndexReader>> index = IndexReader::Open(block.directory + "/index");
  INFO(index.status().message());
  REQUIRE(index.ok());
  return std::move(index).value();
}

labels::Labels LabelsOf(const IndexReader& index, const SeriesEntry& entry) {
  std::vector<labels::Label> views;
  for (const LabelSymbols& label : entry.labels) {
    views.push_back({index.symbols().Get(label.name).value(), index.symbols().Get(label.value).value()});
  }
  return labels::Labels::FromSorted(views);
}

TEST_CASE("an index reader reads every series of Prometheus' blocks: id, labels, chunks") {
  for (const TruthBlock& block : ReadTruthBlocks()) {
    INFO(block.directory);
    const auto index = OpenIndex(block);
    std::unique_ptr<Postings> all = ListPostings(index->AllPostings().value());
    const std::vector<SeriesId> ids = AllIds(all.get());
    REQUIRE(ids.size() == block.series.size());
    for (size_t i = 0; i < ids.size(); ++i) {
      const TruthSeries& truth = block.series[i];
      INFO(truth.labels.ToString());
      SeriesEntry entry;
      REQUIRE(ids[i] == truth.id);
      REQUIRE(index->Series(ids[i], &entry).ok());
      REQUIRE(LabelsOf(*index, entry) == truth.labels);
      REQUIRE(entry.chunks == truth.chunks);
    }
  }
}

TEST_CASE("matchers select the series that Prometheus selects") {
  for (const std::string fixture : {"float-xor", "histograms", "level-3", "overlapping-merged", "before-epoch"}) {
    const TruthBlock block = ReadTruthBlocks(fixture)[0];
    const auto index = OpenIndex(block);
    for (const TruthQuery& query : ReadTruthQueries(fixture)) {
      std::string text = fixture;
      for (const labels::Matcher& matcher : query.matchers) text += " " + matcher.ToString();
      INFO(text);
      Result<MatchedPostings> matched = MatchPostings(Context::Background(), *index, query.matchers);
      REQUIRE(matched.ok());
      std::vector<labels::Labels> found;
      SeriesEntry entry;
      for (const SeriesId id : AllIds(matched->ids.get())) {
        REQUIRE(index->Series(id, &entry).ok());
        found.push_back(LabelsOf(*index, entry));
      }
      CHECK(found.size() == query.count);
      if (!query.listed) continue;
      std::vector<labels::Labels> expected = query.series;
      std::sort(expected.begin(), expected.end());
      CHECK((found == expected));
    }
  }
}

TEST_CASE("label names and values are those that Prometheus answers") {
  for (const std::string fixture : {"float-xor", "histograms", "tombstones", "level-3", "overlapping-merged", "before-epoch"}) {
    INFO(fixture);
    const auto index = OpenIndex(ReadTruthBlocks(fixture)[0]);
    std::set<std::string> expected_names;
    for (const auto& [name, expected] : ReadTruthLabelValues(fixture)) {
      INFO(name);
      expected_names.insert(name);
      std::set<std::string> values;
      REQUIRE(CollectLabelValues(Context::Background(), *index, name, {}, &values).ok());
      CHECK(std::vector<std::string>(values.begin(), values.end()) == expected);
      // The same through the series, as label calls with matchers go.
      std::set<std::string> matched;
      const labels::Matchers has_label = {labels::Matcher::NotEqual(name, "")};
      REQUIRE(CollectLabelValues(Context::Background(), *index, name, has_label, &matched).ok());
      CHECK(matched == values);
      std::set<std::string> names_with;
      REQUIRE(CollectLabelNames(Context::Background(), *index, has_label, &names_with).ok());
      CHECK(names_with.contains(name));
    }
    std::set<std::string> names;
    REQUIRE(CollectLabelNames(Context::Background(), *index, {}, &names).ok());
    CHECK(names == expected_names);
  }
}

TEST_CASE("an index that is no index is DataLoss with file and section") {
  const std::string magic("\xBA\xAA\xD7\x00", 4);
  for (const std::string& bytes : {std::string(), std::string("x"), magic, magic + '\x02', magic + '\x02' + std::string(60, '\0'),
                                   magic + '\x03' + std::string(60, '\0'), std::string(100, 'x')}) {
    const Status status = IndexReader::FromBytes(bytes, "dir/index").status();
    CHECK(status.code() == StatusCode::kDataLoss);
    CHECK(status.message().starts_with("dir/index: "));
  }
  CHECK(IndexReader::Open("tests/fixtures/blocks/nowhere/index").status().code() == StatusCode::kNotFound);
}

}  // namespace
}  // namespace epi::tsdb
