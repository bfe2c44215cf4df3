#include "common/tsdb/matcher_postings.h"

#include "common/base/random.h"
#include "common/base/str_cat.h"
#include "common/tsdb/index_writer.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "tests/support/temp_dir.h"

namespace epi::tsdb {
namespace {

// Series with few names and values, so that random matchers meet.
std::vector<labels::Labels> RandomSeries(Random* random) {
  std::vector<labels::Labels> all;
  const char* const values[] = {"", "a", "b", "ab", "abc", "ba", "foo", "foo1", "foo2", "bar", "A", "ä", "\n", "x.y", "0", "1"};
  const uint64_t count = 1 + random->Uniform(300);
  for (uint64_t i = 0; i < count; ++i) {
    labels::LabelsBuilder builder;
    builder.Set("__name__", StrCat("m", random->Uniform(3)));
    for (const char* name : {"i", "j", "ключ"}) builder.Set(name, values[random->Uniform(std::size(values))]);
    if (random->OneIn(2)) builder.Set("n", StrCat("v", random->Uniform(200)));
    all.push_back(builder.Build());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

labels::Matcher RandomMatcher(Random* random) {
  const char* const names[] = {"__name__", "i", "j", "ключ", "n", "missing"};
  const char* const texts[] = {"", "a", "b", "foo", "m1", "v7", "nothing"};
  const char* const regexes[] = {"", ".*", ".+", "a|b", "foo.*", "foo[12]", "foo|bar|", "(ab|ba)c?", "v1.*", ".*a", "m(0|1)", "[^a]+",
                                 "v(1|2|3)\\d", "(?i)A", "x\\.y", "a|foo1|zz", "\\PL+", "v[0-9]+|"};
  const auto type = static_cast<labels::MatchType>(random->Uniform(4));
  const bool regex = type == labels::MatchType::kRegex || type == labels::MatchType::kNotRegex;
  const char* text = regex ? regexes[random->Uniform(std::size(regexes))] : texts[random->Uniform(std::size(texts))];
  return labels::Matcher::Make(type, names[random->Uniform(std::size(names))], text).value();
}

TEST_CASE("matchers resolve to the series that a look at every series gives") {
  const uint64_t seed = TestSeed();
  INFO("seed " << seed);
  Random random(seed);
  const TempDir temp;
  for (int round = 0; round < 20; ++round) {
    const std::vector<labels::Labels> series = RandomSeries(&random);
    const std::string path = StrCat(temp.path(), "/", round);
    auto writer = IndexWriter::Create(path).value();
    for (const labels::Labels& one : series) REQUIRE(writer->AddSeries(one, {}).ok());
    REQUIRE(writer->Finish().ok());
    const auto index = IndexReader::Open(path).value();
    std::vector<SeriesId> ids;
    const PostingsList all = index->AllPostings().value();
    for (size_t i = 0; i < all.count(); ++i) ids.push_back(all[i]);
    REQUIRE(ids.size() == series.size());
    for (int query = 0; query < 300; ++query) {
      labels::Matchers matchers;
      std::string text;
      for (uint64_t i = random.Uniform(5); i > 0; --i) {
        matchers.push_back(RandomMatcher(&random));
        text += " " + matchers.back().ToString();
      }
      INFO(text);
      std::vector<SeriesId> expected;
      for (size_t i = 0; i < series.size(); ++i) {
        if (labels::MatchesAll(matchers, series[i])) expected.push_back(ids[i]);
      }
      MatchedPostings matched = MatchPostings(Context::Background(), *index, matchers).value();
      std::vector<SeriesId> found;
      for (auto batch = matched.ids->Next(); !batch.empty(); batch = matched.ids->Next()) {
        found.insert(found.end(), batch.begin(), batch.end());
      }
      REQUIRE(found == expected);
    }
  }
}

TEST_CASE("resolving matchers stays within the memory account") {
  const TempDir temp;
  auto writer = IndexWriter::Create(temp.path() + "/index").value();
  for (int i = 0; i < 10000; ++i) REQUIRE(writer->AddSeries(labels::Labels{{"i", StrCat(100000 + i)}}, {}).ok());
  REQUIRE(writer->Finish().ok());
  const auto index = IndexReader::Open(temp.path() + "/index").value();
  MemoryAccount account("query", 100'000);
  const Context ctx = Context::Background().WithMemory(&account);
  const labels::Matchers all_values = {labels::Matcher::Make(labels::MatchType::kRegex, "i", "1.*").value()};
  CHECK(MatchPostings(ctx, *index, all_values).status().code() == StatusCode::kResourceExhausted);
  CHECK(account.used_bytes() == 0);
  const labels::Matchers few_values = {labels::Matcher::Make(labels::MatchType::kRegex, "i", "10000.*").value()};
  CHECK(MatchPostings(ctx, *index, few_values).ok());
}

}  // namespace
}  // namespace epi::tsdb
