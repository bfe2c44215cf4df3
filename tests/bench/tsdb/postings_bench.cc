// Postings algebra beside the obvious scalar way to do it, in one run: the quotient of two rows is what counts.
//
// Lists are as an index holds them, big-endian ids of 4 million series of 80 bytes: ids are 5 apart.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <memory>
#include <queue>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "common/base/str_cat.h"
#include "common/tsdb/index_writer.h"
#include "common/tsdb/matcher_postings.h"
#include "common/tsdb/postings_kernel.h"
#include "tests/support/temp_dir.h"

namespace epi::tsdb {
namespace {

constexpr uint32_t kSeries = 4'000'000;
constexpr uint32_t kIdStep = 5;

// About `count` ids, spread evenly.
const std::string& ListOf(uint32_t count, uint64_t seed) {
  static std::map<std::pair<uint32_t, uint64_t>, std::string> lists;
  std::string& bytes = lists[{count, seed}];
  if (!bytes.empty()) return bytes;
  Random random(seed);
  ByteWriter writer(&bytes);
  for (uint32_t i = 1; i <= kSeries; ++i) {
    if (random.Uniform(kSeries) < count) writer.U32Be(i * kIdStep);
  }
  return bytes;
}

struct Checksum {
  uint64_t ids = 0;
  uint64_t sum = 0;
  void Add(SeriesId id) {
    ++ids;
    sum += id;
  }
  friend bool operator==(const Checksum&, const Checksum&) = default;
};

Checksum Drain(Postings* postings) {
  Checksum checksum;
  for (auto batch = postings->Next(); !batch.empty(); batch = postings->Next()) {
    for (const SeriesId id : batch) checksum.Add(id);
  }
  return checksum;
}

Checksum IntersectPlain(PostingsList a, PostingsList b) {
  Checksum checksum;
  for (size_t i = 0, j = 0; i < a.count() && j < b.count();) {
    const SeriesId x = a[i];
    const SeriesId y = b[j];
    if (x == y) checksum.Add(x);
    if (x <= y) ++i;
    if (y <= x) ++j;
  }
  return checksum;
}

Checksum Intersect(PostingsList a, PostingsList b) {
  std::vector<std::unique_ptr<Postings>> sets;
  sets.push_back(ListPostings(a));
  sets.push_back(ListPostings(b));
  return Drain(IntersectPostings(std::move(sets)).get());
}

Checksum UnionPlain(const std::vector<PostingsList>& lists) {
  using Head = std::pair<SeriesId, size_t>;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  std::vector<size_t> positions(lists.size());
  for (size_t i = 0; i < lists.size(); ++i) heads.push({lists[i][0], i});
  Checksum checksum;
  SeriesId last = 0;
  while (!heads.empty()) {
    const auto [id, i] = heads.top();
    heads.pop();
    if (id != last) checksum.Add(id);
    last = id;
    if (++positions[i] < lists[i].count()) heads.push({lists[i][positions[i]], i});
  }
  return checksum;
}

template <typename Ours, typename Plain>
void Run(benchmark::State& state, bool plain, Ours ours, Plain theirs) {
  if (!(ours() == theirs())) return state.SkipWithError("answers differ");
  for (auto _ : state) benchmark::DoNotOptimize(plain ? theirs() : ours());
}

// range(0): ids of the shorter list; range(1): 1 for the plain way.
void BM_IntersectWith2M(benchmark::State& state) {
  const PostingsList a(ListOf(static_cast<uint32_t>(state.range(0)), 1));
  const PostingsList b(ListOf(2'000'000, 2));
  Run(state, state.range(1) != 0, [&] { return Intersect(a, b); }, [&] { return IntersectPlain(a, b); });
}

void BM_Union64(benchmark::State& state) {
  std::vector<PostingsList> lists;
  for (uint64_t i = 0; i < 64; ++i) lists.emplace_back(ListOf(50'000, 10 + i));
  Run(state, state.range(0) != 0, [&] { return Drain(UnionPostings(lists).get()); }, [&] { return UnionPlain(lists); });
}

// The inner loop alone, in every form that this CPU can run.
void BM_MarkKernel(benchmark::State& state) {
  const auto kernels = AvailableKernels();
  if (static_cast<size_t>(state.range(0)) >= kernels.size()) return state.SkipWithError("not on this CPU");
  const PostingsKernel& kernel = kernels[static_cast<size_t>(state.range(0))];
  state.SetLabel(std::string(kernel.name));
  std::vector<SeriesId> ids[2];
  for (size_t i = 0; i < 2; ++i) {
    const PostingsList list(ListOf(2'000'000, 1 + i));
    ids[i].resize(list.count());
    kernel.decode(list.data(), list.count(), ids[i].data());
  }
  std::vector<uint8_t> marks(ids[0].size() / 8 + 1);
  for (auto _ : state) {
    kernel.mark(ids[0], ids[1], marks.data());
    benchmark::DoNotOptimize(marks.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(ids[0].size() + ids[1].size()));
}

// 100,000 series of one label value each.
class Values {
 public:
  Values() {
    const std::string path = temp_.path() + "/index";
    auto writer = IndexWriter::Create(path).value();
    for (int i = 0; i < 100'000; ++i) {
      const std::string number = StrCat(100'000 + i);
      const bool added = writer->AddSeries(labels::Labels{{"__name__", "up"}, {"pod", StrCat("web-", number, "-", i * 7919 % 1000)}}, {}).ok();
      CHECK(added);
    }
    CHECK(writer->Finish().ok());
    index_ = IndexReader::Open(path).value();
  }
  const IndexReader& index() const { return *index_; }

 private:
  TempDir temp_;
  std::unique_ptr<const IndexReader> index_;
};

// Every value as a string, matched, its list added to all others, which are sorted at the end.
Checksum MatchPlain(const IndexReader& index, const labels::Matcher& matcher) {
  std::vector<SeriesId> ids;
  auto values = index.postings_table().Values("pod");
  while (values.Next()) {
    const std::string value(values.value());
    if (!matcher.Matches(value)) continue;
    const PostingsList list = index.PostingsAt(values.list_offset()).value();
    for (size_t i = 0; i < list.count(); ++i) ids.push_back(list[i]);
  }
  std::sort(ids.begin(), ids.end());
  Checksum checksum;
  for (const SeriesId id : ids) checksum.Add(id);
  return checksum;
}

void BM_Regex100k(benchmark::State& state) {
  static const Values values;
  constexpr const char* kPatterns[] = {"web-1234.*", ".*-77", "web-1[0-9]+5-[0-9]*1", "web-100001-919|web-100002-838|web-100003-757", ".+"};
  const char* const pattern = kPatterns[state.range(0)];
  state.SetLabel(pattern);
  const labels::Matcher matcher = labels::Matcher::Make(labels::MatchType::kRegex, "pod", pattern).value();
  const auto ours = [&] { return Drain(MatchPostings(Context::Background(), values.index(), {&matcher, 1}).value().ids.get()); };
  Run(state, state.range(1) != 0, ours, [&] { return MatchPlain(values.index(), matcher); });
}

BENCHMARK(BM_IntersectWith2M)->ArgsProduct({{2'000'000, 400'000, 40'000, 1'000}, {0, 1}})->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Union64)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_MarkKernel)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_Regex100k)->ArgsProduct({{0, 1, 2, 3, 4}, {0, 1}})->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace epi::tsdb

BENCHMARK_MAIN();
