// PromQL over downsampled chunks, all the way from the wire: each function reads the aggregate that Thanos reads for it.
//
// One series, scraped every minute for two hours, in windows of five minutes whose aggregates are worked out plainly here. What a
// function makes of the aggregate's samples is PromQL's own business: count_over_time counts windows, as with Thanos.
#include <algorithm>
#include <numeric>

#include "common/promql/engine.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/proxy_fixture.h"

namespace epi::storeapi {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kWindowMs = 5 * kMinuteMs;
constexpr int kWindows = 24;
constexpr int kPerWindow = 5;

// Rises by 1 to 3 a minute, and starts anew after 67 minutes.
double RawValue(int minute) { return minute < 67 ? minute + minute % 3 : 2 * (minute - 67); }

struct Window {
  int64_t t_ms = 0;
  double count = 0, sum = 0, min = 0, max = 0, counter = 0;
};

std::vector<Window> MakeWindows() {
  std::vector<Window> windows;
  double total = 0;
  for (int i = 0; i < kWindows; ++i) {
    std::vector<double> raw(kPerWindow);
    for (int j = 0; j < kPerWindow; ++j) {
      const int minute = i * kPerWindow + j;
      raw[static_cast<size_t>(j)] = RawValue(minute);
      const double before = minute == 0 ? 0 : RawValue(minute - 1);
      total += RawValue(minute) < before ? RawValue(minute) : RawValue(minute) - before;
    }
    windows.push_back({.t_ms = (i + 1) * kWindowMs - 1,
                       .count = kPerWindow,
                       .sum = std::accumulate(raw.begin(), raw.end(), 0.0),
                       .min = *std::min_element(raw.begin(), raw.end()),
                       .max = *std::max_element(raw.begin(), raw.end()),
                       .counter = total});
  }
  return windows;
}

std::string EncodeColumn(const std::vector<Window>& windows, double Window::*field) {
  tsdb::XorEncoder encoder;
  for (const Window& window : windows) encoder.Append(window.t_ms, window.*field);
  return encoder.Finish();
}

// As the compactor writes it: after the totals, the true last value at a repeated time.
std::string EncodeCounter(const std::vector<Window>& windows) {
  tsdb::XorEncoder encoder;
  for (const Window& window : windows) encoder.Append(window.t_ms, window.counter);
  encoder.Append(windows.back().t_ms, RawValue(kWindows * kPerWindow - 1));
  return encoder.Finish();
}

class Downsampled {
 public:
  Downsampled() : store_(labels::Labels{{"cluster", "eu1"}}), windows_(MakeWindows()), server_(&loop_, &store_), fixture_(&loop_, {server_.address()}) {
    store_.set_hook([this](const Context& ctx, const SeriesRequest& request, SeriesSink* sink) { return Send(ctx, request, sink); });
  }

  // The value of the only element at the end of the last window.
  double Ask(const std::string& query) {
    const ProxyQuerier querier(&fixture_.proxy(), {.dedup = true, .replica_labels = {}, .partial_response = false, .max_source_resolution_ms = kWindowMs});
    const auto result = promql::Engine({}).Instant(Context::Background(), querier, query, windows_.back().t_ms);
    INFO(query << ": " << result.status().ToString());
    REQUIRE(result.ok());
    const auto& vector = std::get<promql::Vector>(result->value);
    REQUIRE(vector.size() == 1);
    return vector[0].value;
  }
  std::vector<Aggregate> asked() const { return store_.last_request().aggregates; }
  // The last `count` windows.
  std::span<const Window> Last(size_t count) const { return std::span(windows_).last(count); }

 private:
  Status Send(const Context& ctx, const SeriesRequest& request, SeriesSink* sink) {
    const std::pair<Aggregate, std::string> columns[] = {{Aggregate::kCount, EncodeColumn(windows_, &Window::count)},
                                                         {Aggregate::kSum, EncodeColumn(windows_, &Window::sum)},
                                                         {Aggregate::kMin, EncodeColumn(windows_, &Window::min)},
                                                         {Aggregate::kMax, EncodeColumn(windows_, &Window::max)},
                                                         {Aggregate::kCounter, EncodeCounter(windows_)}};
    WireChunkSlots slots;
    for (const auto& [aggregate, data] : columns) {
      const auto& wanted = request.aggregates;
      if (std::find(wanted.begin(), wanted.end(), aggregate) != wanted.end()) slots.Set(aggregate, {.encoding = 0, .data = data, .hash = 0});
    }
    const labels::Labels labels = {{"__name__", "work_total"}, {"cluster", "eu1"}};
    std::string encoded;
    AppendLabels(&encoded, labels);
    AppendChunk(&encoded, windows_.front().t_ms, windows_.back().t_ms, slots);
    return sink->Series(ctx, labels, encoded, 1);
  }

  runtime::Loop loop_;
  FakeStore store_;
  const std::vector<Window> windows_;
  TestServer server_;
  ProxyFixture fixture_;
};

}  // namespace

TEST_CASE("functions over downsampled data read min, max, sum and count") {
  Downsampled data;
  const auto six = data.Last(6);
  const auto by = [](double Window::*field) { return [field](const Window& a, const Window& b) { return a.*field < b.*field; }; };
  const auto total = [&](double Window::*field) {
    return std::accumulate(six.begin(), six.end(), 0.0, [field](double sum, const Window& window) { return sum + window.*field; });
  };
  CHECK(data.Ask("min_over_time(work_total[30m])") == std::min_element(six.begin(), six.end(), by(&Window::min))->min);
  CHECK(data.asked() == std::vector{Aggregate::kMin});
  CHECK(data.Ask("max_over_time(work_total[30m])") == std::max_element(six.begin(), six.end(), by(&Window::max))->max);
  CHECK(data.asked() == std::vector{Aggregate::kMax});
  CHECK(data.Ask("sum_over_time(work_total[30m])") == total(&Window::sum));
  CHECK(data.asked() == std::vector{Aggregate::kSum});
  CHECK(data.Ask("count_over_time(work_total[30m])") == 6);
  CHECK(data.asked() == std::vector{Aggregate::kCount});
  CHECK(data.Ask("sum_over_time(count_over_time(work_total[5m])[30m:5m])") == 6);
}

TEST_CASE("averages and plain selectors over downsampled data read sum divided by count") {
  Downsampled data;
  double average = 0;
  for (const Window& window : data.Last(6)) average += window.sum / window.count / 6;
  CHECK(data.Ask("avg_over_time(work_total[30m])") == Approx(average));
  CHECK(data.asked() == std::vector{Aggregate::kCount, Aggregate::kSum});
  CHECK(data.Ask("work_total") == data.Last(1)[0].sum / kPerWindow);
  CHECK(data.Ask("sum(work_total)") == data.Last(1)[0].sum / kPerWindow);
  CHECK(data.asked() == std::vector{Aggregate::kCount, Aggregate::kSum});
}

TEST_CASE("rates over downsampled data read the counter, resets already added back") {
  Downsampled data;
  // The range ends with a window and begins just after another: thirteen totals, and the distance to the edge is extrapolated.
  const auto windows = data.Last(13);
  const double increase = windows.back().counter - windows.front().counter;
  CHECK(data.Ask("increase(work_total[65m])") == Approx(increase * 65 / 60));
  CHECK(data.asked() == std::vector{Aggregate::kCounter});
  CHECK(data.Ask("rate(work_total[65m])") == Approx(increase / 3600));
  CHECK(data.Ask("resets(work_total[65m])") == 0);
  CHECK(data.asked() == std::vector{Aggregate::kCounter});
}

}  // namespace epi::storeapi
