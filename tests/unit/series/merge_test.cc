#include "common/series/merge.h"

#include <map>
#include <random>

#include "common/series/loser_tree.h"
#include "tests/support/catch.h"
#include "tests/unit/series/vector_cursor.h"

namespace epi::series {
namespace {

class VectorSeries : public Series {
 public:
  VectorSeries(labels::Labels labels, FloatSamples samples) : labels_(std::move(labels)), samples_(std::move(samples)) {}
  const labels::Labels& labels() const override { return labels_; }
  Result<std::unique_ptr<SampleCursor>> Samples(std::unique_ptr<SampleCursor> /*reuse*/) const override {
    return std::make_unique<VectorCursor>(samples_, 7);
  }

 private:
  const labels::Labels labels_;
  const FloatSamples samples_;
};

class VectorSet : public SeriesSet {
 public:
  VectorSet(std::vector<std::pair<labels::Labels, FloatSamples>> series, std::vector<std::string> warnings)
      : series_(std::move(series)), warnings_(std::move(warnings)) {}
  Result<std::unique_ptr<Series>> Next() override {
    if (next_ == series_.size()) return nullptr;
    const auto& [labels, samples] = series_[next_++];
    return std::make_unique<VectorSeries>(labels, samples);
  }
  std::vector<std::string> Warnings() const override { return warnings_; }

 private:
  const std::vector<std::pair<labels::Labels, FloatSamples>> series_;
  const std::vector<std::string> warnings_;
  size_t next_ = 0;
};

labels::Labels Named(uint32_t i) { return labels::Labels({{"n", std::to_string(1000 + i)}}); }

}  // namespace

TEST_CASE("a loser tree gives sorted order, ties by index, for any number of sources") {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::vector<uint32_t>> lists(1 + random() % 9);
    std::vector<std::pair<uint32_t, size_t>> expected;
    for (size_t i = 0; i < lists.size(); ++i) {
      for (auto n = random() % 6; n > 0; --n) lists[i].push_back(static_cast<uint32_t>(random() % 10));
      std::sort(lists[i].begin(), lists[i].end());
      for (const uint32_t value : lists[i]) expected.emplace_back(value, i);
    }
    std::sort(expected.begin(), expected.end());
    std::vector<size_t> heads(lists.size(), 0);
    const auto less = [&](size_t a, size_t b) {
      if (heads[a] == lists[a].size() || heads[b] == lists[b].size()) return heads[b] == lists[b].size() && heads[a] != lists[a].size();
      return lists[a][heads[a]] < lists[b][heads[b]];
    };
    LoserTree tree(lists.size(), less);
    std::vector<std::pair<uint32_t, size_t>> actual;
    while (heads[tree.winner()] != lists[tree.winner()].size()) {
      actual.emplace_back(lists[tree.winner()][heads[tree.winner()]], tree.winner());
      ++heads[tree.winner()];
      tree.Replay();
    }
    INFO("seed " << seed);
    REQUIRE(actual == expected);
  }
}

TEST_CASE("merged sets hold every series once and every time once, the earlier set winning") {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::map<labels::Labels, std::map<int64_t, double>> expected;
    std::vector<std::unique_ptr<SeriesSet>> sets;
    for (uint32_t s = 0; s < 1 + seed % 4; ++s) {
      std::vector<std::pair<labels::Labels, FloatSamples>> series;
      for (uint32_t i = 0; i < 10; ++i) {
        if (random() % 2 == 0) continue;
        FloatSamples samples;
        for (int64_t t = 0; t < 60; ++t) {
          if (random() % 3 != 0) samples.push_back({t, s * 100.0 + static_cast<double>(t)});
        }
        for (const FloatSample& sample : samples) expected[Named(i)].emplace(sample.t_ms, sample.value);
        series.emplace_back(Named(i), std::move(samples));
      }
      sets.push_back(std::make_unique<VectorSet>(std::move(series), std::vector<std::string>{"same warning"}));
    }
    const auto merged = MergeSeriesSets(std::move(sets));
    auto want = expected.begin();
    for (auto series = merged->Next();; series = merged->Next()) {
      REQUIRE(series.ok());
      if (*series == nullptr) break;
      while (want != expected.end() && want->second.empty()) ++want;
      REQUIRE(want != expected.end());
      CHECK((*series)->labels() == want->first);
      const auto cursor = (*series)->Samples();
      REQUIRE(cursor.ok());
      FloatSamples samples;
      for (const auto& [t, v] : want->second) samples.push_back({t, v});
      CHECK(ReadAll(**cursor) == samples);
      ++want;
    }
    CHECK(want == expected.end());
    CHECK(merged->Warnings() == std::vector<std::string>{"same warning"});
  }
}

TEST_CASE("merging nothing gives an empty set") {
  const auto set = MergeSeriesSets({});
  CHECK(*set->Next() == nullptr);
  CHECK(set->Warnings().empty());
}

TEST_CASE("a histogram after one of another part has an unknown counter reset hint, a gauge stays a gauge") {
  for (const auto hint : {CounterResetHint::kNotReset, CounterResetHint::kGauge}) {
    FloatHistogram histogram;
    histogram.counter_reset_hint = hint;
    std::vector<std::unique_ptr<SampleCursor>> cursors;
    cursors.push_back(std::make_unique<HistogramCursor>(std::vector<int64_t>{1, 4}, histogram));
    cursors.push_back(std::make_unique<HistogramCursor>(std::vector<int64_t>{2, 3}, histogram));
    const auto merged = MergeCursors(std::move(cursors));
    std::vector<CounterResetHint> hints;
    for (auto batch = merged->Next(); batch.ok() && *batch != nullptr; batch = merged->Next()) {
      for (const FloatHistogram& h : (*batch)->histograms) hints.push_back(h.counter_reset_hint);
    }
    const auto changed = hint == CounterResetHint::kGauge ? hint : CounterResetHint::kUnknown;
    CHECK(hints == std::vector<CounterResetHint>{hint, changed, hint, changed});
  }
}

}  // namespace epi::series
