#include "common/tsdb/postings.h"

#include <set>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "common/tsdb/postings_kernel.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"

namespace epi::tsdb {
namespace {

using Set = std::set<SeriesId>;

// Lists as an index holds them.
struct Lists {
  std::vector<Set> sets;
  std::vector<std::string> bytes;
  PostingsList At(size_t i) const { return PostingsList(bytes[i]); }
};

Set RandomSet(Random* random) {
  constexpr uint64_t kSizes[] = {0, 1, 5, 50, 1500, 5000};
  constexpr uint64_t kRanges[] = {60, 6000, 300'000, UINT32_MAX};
  const uint64_t range = kRanges[random->Uniform(4)];
  const uint64_t base = random->Uniform(UINT32_MAX - range + 1);
  Set set;
  for (uint64_t i = random->Uniform(kSizes[random->Uniform(6)] + 1); i > 0; --i) {
    set.insert(static_cast<SeriesId>((random->OneIn(2) ? base : 0) + random->Uniform(range + 1)));
  }
  if (random->OneIn(10)) set.insert(UINT32_MAX);
  return set;
}

Lists RandomLists(Random* random, size_t count) {
  Lists lists;
  for (size_t i = 0; i < count; ++i) {
    lists.sets.push_back(RandomSet(random));
    std::string bytes;
    ByteWriter writer(&bytes);
    for (const SeriesId id : lists.sets.back()) writer.U32Be(id);
    lists.bytes.push_back(bytes);
  }
  return lists;
}

// Reads a set from front to back, now and then jumping ahead, and the same from the std::set.
void CheckSame(std::unique_ptr<Postings> postings, const Set& expected, Random* random) {
  CHECK(postings->count_max() >= expected.size());
  auto next = expected.begin();
  SeriesId from = 0;
  for (;;) {
    const std::span<const SeriesId> batch = postings->Next(from);
    next = expected.lower_bound(std::max(from, next == expected.end() ? from : *next));
    if (batch.empty()) break;
    REQUIRE(batch.size() <= Postings::kBatchMax);
    for (const SeriesId id : batch) {
      if (next == expected.end() || id != *next) FAIL("wrong id " << id);
      ++next;
    }
    if (batch.back() == UINT32_MAX) break;
    from = batch.back() + 1;
    if (next != expected.end() && random->OneIn(3)) {
      from = std::max(from, *next + static_cast<SeriesId>(random->Uniform(5000)) % (UINT32_MAX - *next + 1));
    }
  }
  CHECK((next == expected.end()));
}

TEST_CASE("postings algebra gives what std::set gives") {
  const uint64_t seed = TestSeed();
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 150; ++round) {
    const size_t count = 1 + random.Uniform(random.OneIn(20) ? 400 : 6);
    const Lists lists = RandomLists(&random, count);
    Set all_of = lists.sets[0];
    Set any_of;
    Set rest = lists.sets[0];
    std::vector<std::unique_ptr<Postings>> inputs;
    std::vector<PostingsList> raw;
    std::vector<PostingsList> others;
    for (size_t i = 0; i < count; ++i) {
      const Set& set = lists.sets[i];
      std::erase_if(all_of, [&](SeriesId id) { return !set.contains(id); });
      any_of.insert(set.begin(), set.end());
      if (i > 0) std::erase_if(rest, [&](SeriesId id) { return set.contains(id); });
      inputs.push_back(ListPostings(lists.At(i)));
      raw.push_back(lists.At(i));
      if (i > 0) others.push_back(lists.At(i));
    }
    CheckSame(ListPostings(lists.At(0)), lists.sets[0], &random);
    CheckSame(IntersectPostings(std::move(inputs)), all_of, &random);
    CheckSame(UnionPostings(raw), any_of, &random);
    CheckSame(SubtractPostings(ListPostings(lists.At(0)), UnionPostings(others)), rest, &random);
    // Nested: (union of all) without list 0, and intersected with the first other one.
    Set nested = count > 1 ? lists.sets[1] : Set();
    std::erase_if(nested, [&](SeriesId id) { return lists.sets[0].contains(id); });
    std::vector<std::unique_ptr<Postings>> pair;
    pair.push_back(SubtractPostings(UnionPostings(raw), ListPostings(lists.At(0))));
    pair.push_back(count > 1 ? ListPostings(lists.At(1)) : EmptyPostings());
    CheckSame(IntersectPostings(std::move(pair)), nested, &random);
  }
}

TEST_CASE("all kernels of this CPU mark, compress and decode alike") {
  const uint64_t seed = TestSeed();
  INFO("seed " << seed);
  Random random(seed);
  REQUIRE(AvailableKernels()[0].name == "plain");
  for (int round = 0; round < 3000; ++round) {
    const auto make = [&] {
      Set set;
      const uint64_t range = 1 + random.Uniform(100);
      for (uint64_t i = random.Uniform(60); i > 0; --i) set.insert(static_cast<SeriesId>(random.Uniform(range) - (random.OneIn(9) ? 50 : 0)));
      return std::vector<SeriesId>(set.begin(), set.end());
    };
    const std::vector<SeriesId> a = make();
    const std::vector<SeriesId> b = make();
    std::string bytes;
    ByteWriter writer(&bytes);
    for (const SeriesId id : a) writer.U32Be(id);
    std::vector<SeriesId> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    std::vector<SeriesId> only_a;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only_a));
    for (const PostingsKernel& kernel : AvailableKernels()) {
      INFO(kernel.name);
      std::vector<uint8_t> marks(a.size() / 8 + 1);
      kernel.mark(a, b, marks.data());
      for (const bool marked : {true, false}) {
        std::vector<SeriesId> out(a.size() + 8);
        out.resize(kernel.compress(a, marks.data(), marked, out.data()));
        REQUIRE(out == (marked ? both : only_a));
      }
      std::vector<SeriesId> decoded(a.size());
      kernel.decode(reinterpret_cast<const uint8_t*>(bytes.data()), a.size(), decoded.data());  // NOLINT
      REQUIRE(decoded == a);
    }
  }
}

TEST_CASE("a postings list that is out of order ends, and gives no id twice in a batch position") {
  std::string bytes;
  ByteWriter writer(&bytes);
  Random random(5);
  for (int i = 0; i < 5000; ++i) writer.U32Be(static_cast<uint32_t>(random.U64()));
  const PostingsList list(bytes);
  std::vector<std::unique_ptr<Postings>> pair;
  pair.push_back(ListPostings(list));
  pair.push_back(UnionPostings({list, list}));
  const std::unique_ptr<Postings> both = IntersectPostings(std::move(pair));
  size_t ids = 0;
  for (auto batch = both->Next(); !batch.empty(); batch = both->Next()) ids += batch.size();
  CHECK(ids <= 5000);
}

}  // namespace
}  // namespace epi::tsdb
