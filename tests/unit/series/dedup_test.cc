#include "common/series/dedup.h"

#include <fstream>
#include <random>
#include <sstream>

#include "tests/support/catch.h"
#include "tests/unit/series/vector_cursor.h"

namespace epi::series {
namespace {

FloatSamples ParseSamples(std::istream& words) {
  FloatSamples samples;
  for (std::string word; words >> word;) {
    const size_t colon = word.find(':');
    REQUIRE(colon != std::string::npos);
    const std::string value = word.substr(colon + 1);
    samples.push_back({std::stoll(word), value == "S" ? std::bit_cast<double>(kStaleNanBits) : std::stod(value)});
  }
  return samples;
}

FloatSamples Dedup(const std::vector<FloatSamples>& replicas, bool counter, size_t batch_size) {
  std::vector<std::unique_ptr<SampleCursor>> cursors;
  for (const FloatSamples& replica : replicas) cursors.push_back(std::make_unique<VectorCursor>(replica, batch_size));
  return ReadAll(*DedupCursors(std::move(cursors), counter));
}

// The algorithm word for word, one sample at a time, for two replicas.
FloatSamples NaiveDedup(const FloatSamples& a, const FloatSamples& b) {
  FloatSamples out;
  size_t i = 0;
  size_t j = 0;
  int64_t penalty_a = 0;
  int64_t penalty_b = 0;
  bool first = true;
  for (;;) {
    if (!first) {
      while (i < a.size() && a[i].t_ms < out.back().t_ms + 1 + penalty_a) ++i;
      while (j < b.size() && b[j].t_ms < out.back().t_ms + 1 + penalty_b) ++j;
    }
    if (i == a.size() && j == b.size()) return out;
    const bool use_a = j == b.size() || (i < a.size() && a[i].t_ms <= b[j].t_ms);
    const FloatSample taken = use_a ? a[i] : b[j];
    if (i < a.size() && j < b.size()) (use_a ? penalty_b : penalty_a) = first ? kFirstPenaltyMs : 2 * (taken.t_ms - out.back().t_ms);
    (use_a ? penalty_a : penalty_b) = 0;
    out.push_back(taken);
    first = false;
  }
}

}  // namespace

TEST_CASE("dedup takes the samples that the golden cases say") {
  std::ifstream file("tests/golden/series/dedup.txt");
  REQUIRE(file.good());
  std::string name;
  std::vector<FloatSamples> replicas;
  size_t cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line.rfind("case ", 0) == 0) {
      name = line.substr(5);
      replicas.clear();
    } else if (line[0] == '=') {
      const bool counter = line.rfind("= counter ", 0) == 0;
      std::istringstream words(line.substr(counter ? 10 : 2));
      const FloatSamples expected = ParseSamples(words);
      for (const size_t batch_size : {1U, 2U, 100U}) {
        const FloatSamples actual = Dedup(replicas, counter, batch_size);
        std::string text;
        for (const FloatSample& sample : actual) text += std::to_string(sample.t_ms) + ":" + std::to_string(sample.value) + " ";
        INFO(name << ", batches of " << batch_size << ": " << text);
        CHECK(actual == expected);
      }
      ++cases;
    } else {
      std::istringstream words(line);
      replicas.push_back(ParseSamples(words));
    }
  }
  CHECK(cases >= 14);
}

TEST_CASE("dedup agrees with the algorithm written down word for word") {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<FloatSamples> replicas(3);
    for (size_t r = 0; r < replicas.size(); ++r) {
      int64_t t = static_cast<int64_t>(random() % 10000);
      for (int i = 0; i < 300; ++i) {
        t += 15000 + static_cast<int64_t>(random() % 200);
        if (random() % 20 == 0) t += static_cast<int64_t>(random() % 200000);
        replicas[r].push_back({t, static_cast<double>(r * 1000 + static_cast<size_t>(i))});
      }
    }
    const FloatSamples two = NaiveDedup(replicas[0], replicas[1]);
    CHECK(Dedup({replicas[0], replicas[1]}, false, 1 + seed % 50) == two);
    CHECK(Dedup(replicas, false, 1 + seed % 7) == NaiveDedup(two, replicas[2]));
  }
}

TEST_CASE("a counter that rises in both replicas never falls after dedup") {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<FloatSamples> replicas(2);
    for (FloatSamples& replica : replicas) {
      int64_t t = static_cast<int64_t>(random() % 10000);
      double value = static_cast<double>(random() % 500);
      for (int i = 0; i < 200; ++i) {
        t += 15000;
        if (random() % 15 == 0) t += static_cast<int64_t>(random() % 100000);
        value += static_cast<double>(random() % 10);
        replica.push_back({t, value});
      }
    }
    const FloatSamples samples = Dedup(replicas, true, 16);
    for (size_t i = 1; i < samples.size(); ++i) REQUIRE(samples[i].value >= samples[i - 1].value);
  }
}

TEST_CASE("the first histogram after a switch has an unknown counter reset hint") {
  FloatHistogram histogram;
  histogram.counter_reset_hint = CounterResetHint::kNotReset;
  histogram.count = 3;
  std::vector<std::unique_ptr<SampleCursor>> replicas;
  replicas.push_back(std::make_unique<HistogramCursor>(std::vector<int64_t>{0, 15000}, histogram));
  replicas.push_back(std::make_unique<HistogramCursor>(std::vector<int64_t>{100, 15100, 30100, 45100, 60100, 75100}, histogram));
  const auto cursor = DedupCursors(std::move(replicas), false);
  std::vector<std::pair<int64_t, CounterResetHint>> taken;
  for (auto batch = cursor->Next(); batch.ok() && *batch != nullptr; batch = cursor->Next()) {
    REQUIRE((*batch)->is_histogram());
    for (size_t i = 0; i < (*batch)->size(); ++i) {
      taken.emplace_back((*batch)->times_ms[i], (*batch)->histograms[i].counter_reset_hint);
      CHECK((*batch)->histograms[i].count == 3);
    }
  }
  using Hint = CounterResetHint;
  CHECK(taken == std::vector<std::pair<int64_t, Hint>>{
                     {0, Hint::kNotReset}, {15000, Hint::kNotReset}, {45100, Hint::kUnknown}, {60100, Hint::kNotReset}, {75100, Hint::kNotReset}});
}

TEST_CASE("counter functions are rate and its like") {
  CHECK(IsCounterFunction("rate"));
  CHECK(IsCounterFunction("resets"));
  CHECK(!IsCounterFunction("delta"));
}

}  // namespace epi::series
