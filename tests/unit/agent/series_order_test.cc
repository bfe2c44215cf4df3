#include "agent/sidecar/series_order.h"

#include <algorithm>
#include <random>

#include "tests/support/catch.h"

namespace epi::agent {
namespace {

std::vector<labels::Labels> Run(const labels::Labels& external, const std::vector<labels::Labels>& sorted) {
  std::vector<labels::Labels> emitted;
  SeriesOrder order(external, [&](OrderedSeries series) {
    emitted.push_back(std::move(series.labels));
    return OkStatus();
  });
  for (const labels::Labels& own : sorted) REQUIRE(order.Push({own, ""}).ok());
  REQUIRE(order.Finish().ok());
  return emitted;
}

TEST_CASE("a series that ends before the external label lets longer ones pass") {
  const auto emitted = Run({{"m", "x"}}, {{{"a", "1"}}, {{"a", "1"}, {"b", "2"}}, {{"a", "1"}, {"z", "9"}}});
  REQUIRE(emitted.size() == 3);
  CHECK(emitted[0] == labels::Labels({{"a", "1"}, {"b", "2"}, {"m", "x"}}));
  CHECK(emitted[1] == labels::Labels({{"a", "1"}, {"m", "x"}}));
  CHECK(emitted[2] == labels::Labels({{"a", "1"}, {"m", "x"}, {"z", "9"}}));
}

TEST_CASE("series pass straight through without external labels") {
  const std::vector<labels::Labels> sorted = {{{"a", "1"}}, {{"a", "2"}}};
  CHECK(Run({}, sorted) == sorted);
}

TEST_CASE("an error of the sink ends the push") {
  SeriesOrder order({}, [](const OrderedSeries&) { return UnavailableError("gone"); });
  CHECK(order.Push({{{"a", "1"}}, ""}).code() == StatusCode::kUnavailable);
}

// Against the obvious way: add the labels to all, sort.
TEST_CASE("random label sets with random external labels come out sorted") {
  std::mt19937 random(20261125);
  const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f", "g", "h"};
  const auto pick = [&](size_t below) { return static_cast<size_t>(random() % below); };
  for (int round = 0; round < 500; ++round) {
    labels::LabelsBuilder external;
    std::vector<std::string> own_names;
    for (const std::string& name : names) {
      if (pick(3) == 0) {
        external.Set(name, "x");
      } else {
        own_names.push_back(name);
      }
    }
    std::vector<labels::Labels> own;
    for (int i = 0; i < 60; ++i) {
      labels::LabelsBuilder builder;
      for (const std::string& name : own_names) {
        if (pick(2) == 0) builder.Set(name, std::string(1, static_cast<char>('1' + pick(2))));
      }
      own.push_back(builder.Build());
    }
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    const auto emitted = Run(external.Build(), own);
    CHECK(emitted.size() == own.size());
    CHECK(std::is_sorted(emitted.begin(), emitted.end()));
  }
}

}  // namespace
}  // namespace epi::agent
