// Functions over ranges against their plain definition, computed for every window from scratch.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "common/base/str_cat.h"
#include "common/promql/engine.h"
#include "tests/support/catch.h"
#include "tests/unit/promql/random_series.h"

namespace epi::promql {
namespace {

// The samples of one window (left, right], stale markers left out.
struct PlainWindow {
  double left = 0;  // Seconds.
  double right = 0;
  std::vector<double> times;
  std::vector<double> values;

  size_t size() const { return values.size(); }
};
// No value when empty.
using PlainFunction = std::function<std::optional<double>(const PlainWindow&)>;

double Sum(const std::vector<double>& values) {
  long double sum = 0;
  for (const double value : values) sum += value;
  return static_cast<double>(sum);
}

double Variance(const std::vector<double>& values) {
  const double mean = Sum(values) / static_cast<double>(values.size());
  std::vector<double> squares;
  for (const double value : values) squares.push_back((value - mean) * (value - mean));
  return Sum(squares) / static_cast<double>(values.size());
}

double Quantile(double q, std::vector<double> values) {
  std::sort(values.begin(), values.end(), [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; });
  const double rank = q * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<size_t>(rank);
  const size_t upper = std::min(lower + 1, values.size() - 1);
  const double weight = rank - static_cast<double>(lower);
  return values[lower] * (1 - weight) + values[upper] * weight;
}

double Median(const std::vector<double>& values) { return Quantile(0.5, values); }

std::optional<double> Mad(const PlainWindow& window) {
  if (std::any_of(window.values.begin(), window.values.end(), [](double v) { return std::isnan(v); })) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::vector<double> distances;
  for (const double value : window.values) distances.push_back(std::fabs(value - Median(window.values)));
  return Median(distances);
}

template <typename Better>
double Extreme(const std::vector<double>& values, Better better) {
  double best = std::numeric_limits<double>::quiet_NaN();
  for (const double value : values) {
    if (std::isnan(best) || better(value, best)) best = value;
  }
  return best;
}

// Change over the window, extrapolated to its edges.
std::optional<double> ExtrapolatedChange(const PlainWindow& window, bool counter) {
  if (window.size() < 2) return std::nullopt;
  double change = window.values.back() - window.values.front();
  for (size_t i = 1; counter && i < window.size(); ++i) {
    if (window.values[i] < window.values[i - 1]) change += window.values[i - 1];
  }
  const double sampled = window.times.back() - window.times.front();
  const double average = sampled / static_cast<double>(window.size() - 1);
  double to_start = window.times.front() - window.left;
  double to_end = window.right - window.times.back();
  if (to_start >= average * 1.1) to_start = average / 2;
  if (counter && change > 0 && window.values.front() >= 0) {
    to_start = std::min(to_start, sampled * (window.values.front() / change));
  }
  if (to_end >= average * 1.1) to_end = average / 2;
  return change * ((sampled + to_start + to_end) / sampled);
}

std::optional<double> InstantChange(const PlainWindow& window, bool rate) {
  const size_t n = window.size();
  if (n < 2) return std::nullopt;
  const double last = window.values[n - 1];
  const double before = window.values[n - 2];
  if (!rate) return last - before;
  return (last < before ? last : last - before) / (window.times[n - 1] - window.times[n - 2]);
}

template <typename Counts>
double CountPairs(const PlainWindow& window, Counts counts) {
  double count = 0;
  for (size_t i = 1; i < window.size(); ++i) count += counts(window.values[i - 1], window.values[i]) ? 1 : 0;
  return count;
}

std::optional<double> Slope(const PlainWindow& window) {
  if (window.size() < 2) return std::nullopt;
  if (std::all_of(window.values.begin(), window.values.end(), [&](double v) { return v == window.values[0]; })) {
    return std::isinf(window.values[0]) ? std::numeric_limits<double>::quiet_NaN() : 0;
  }
  const auto n = static_cast<double>(window.size());
  const double mean_t = Sum(window.times) / n;
  const double mean_v = Sum(window.values) / n;
  double covariance = 0;
  double variance = 0;
  for (size_t i = 0; i < window.size(); ++i) {
    covariance += (window.times[i] - mean_t) * (window.values[i] - mean_v);
    variance += (window.times[i] - mean_t) * (window.times[i] - mean_t);
  }
  return covariance / variance;
}

struct Case {
  const char* call;  // With %s for the range selector.
  bool counter_data;
  double tolerance;  // Relative to the largest magnitude in the window; 0: equal.
  PlainFunction function;
};

const std::vector<Case>& Cases() {
  const auto changed = [](double a, double b) { return a != b && !(std::isnan(a) && std::isnan(b)); };
  static const auto* const cases = new std::vector<Case>{
      {"rate(%s)", true, 1e-12, [](const PlainWindow& w) -> std::optional<double> {
         const auto change = ExtrapolatedChange(w, true);
         return change.has_value() ? std::optional(*change / (w.right - w.left)) : change;
       }},
      {"increase(%s)", true, 1e-12, [](const PlainWindow& w) { return ExtrapolatedChange(w, true); }},
      {"delta(%s)", true, 1e-12, [](const PlainWindow& w) { return ExtrapolatedChange(w, false); }},
      {"irate(%s)", true, 1e-12, [](const PlainWindow& w) { return InstantChange(w, true); }},
      {"idelta(%s)", true, 1e-12, [](const PlainWindow& w) { return InstantChange(w, false); }},
      {"resets(%s)", true, 0, [](const PlainWindow& w) { return CountPairs(w, std::greater<>()); }},
      {"changes(%s)", false, 0, [changed](const PlainWindow& w) { return CountPairs(w, changed); }},
      {"count_over_time(%s)", false, 0, [](const PlainWindow& w) { return static_cast<double>(w.size()); }},
      {"present_over_time(%s)", false, 0, [](const PlainWindow&) { return 1.0; }},
      {"sum_over_time(%s)", true, 1e-13, [](const PlainWindow& w) { return Sum(w.values); }},
      {"avg_over_time(%s)", true, 1e-13, [](const PlainWindow& w) { return Sum(w.values) / static_cast<double>(w.size()); }},
      {"min_over_time(%s)", false, 0, [](const PlainWindow& w) { return Extreme(w.values, std::less<>()); }},
      {"max_over_time(%s)", false, 0, [](const PlainWindow& w) { return Extreme(w.values, std::greater<>()); }},
      {"first_over_time(%s)", false, 0, [](const PlainWindow& w) { return w.values.front(); }},
      {"last_over_time(%s)", false, 0, [](const PlainWindow& w) { return w.values.back(); }},
      {"ts_of_first_over_time(%s)", false, 0, [](const PlainWindow& w) { return w.times.front(); }},
      {"ts_of_last_over_time(%s)", false, 0, [](const PlainWindow& w) { return w.times.back(); }},
      {"stddev_over_time(%s)", true, 1e-11, [](const PlainWindow& w) { return std::sqrt(Variance(w.values)); }},
      {"quantile_over_time(0.3, %s)", false, 1e-15, [](const PlainWindow& w) { return Quantile(0.3, w.values); }},
      {"quantile_over_time(1, %s)", false, 0, [](const PlainWindow& w) { return Quantile(1, w.values); }},
      {"mad_over_time(%s)", true, 1e-15, Mad},
      {"deriv(%s)", true, 1e-9, Slope},
  };
  return *cases;
}

PlainWindow WindowOf(const std::vector<series::StoredSample>& samples, int64_t left_ms, int64_t right_ms) {
  PlainWindow window;
  window.left = static_cast<double>(left_ms) / 1000;
  window.right = static_cast<double>(right_ms) / 1000;
  for (const series::StoredSample& sample : samples) {
    if (sample.t_ms <= left_ms || sample.t_ms > right_ms || series::IsStaleNan(sample.value)) continue;
    window.times.push_back(static_cast<double>(sample.t_ms) / 1000);
    window.values.push_back(sample.value);
  }
  return window;
}

double Magnitude(const PlainWindow& window) {
  double magnitude = 1;
  for (const double value : window.values) magnitude = std::max(magnitude, std::fabs(value));
  return magnitude;
}

bool Equal(const std::optional<double>& expected, const Column* column, size_t step, double slack) {
  const bool present = column != nullptr && column->HasFloat(step);
  if (present != expected.has_value()) return false;
  if (!present) return true;
  const double actual = column->values[step];
  if (std::isnan(actual) || std::isnan(*expected)) return std::isnan(actual) && std::isnan(*expected);
  return actual == *expected || std::fabs(actual - *expected) <= slack;
}

struct Setting {
  int64_t range_ms;
  int64_t step_ms;
  bool regular;
};

void CheckCase(const Case& one, const Setting& setting, uint64_t seed) {
  CAPTURE(one.call, setting.range_ms, setting.step_ms, setting.regular, seed);
  std::mt19937_64 random(seed);
  const RandomSeriesOptions options{.shape = one.counter_data ? Shape::kCounter : Shape::kGauge,
                                    .samples = 400, .jitter = !setting.regular, .gaps = !setting.regular};
  const std::vector<series::StoredSample> samples = RandomSamples(options, &random);
  series::MemoryStorage storage(60);
  REQUIRE(storage.Append(labels::Labels{{"__name__", "x_total"}}, samples).ok());
  std::string query = one.call;
  query.replace(query.find("%s"), 2, StrCat("x_total[", setting.range_ms, "ms]"));
  EngineOptions engine_options;
  engine_options.features = Features::All();
  const Result<QueryResult> result = Engine(engine_options).Range(Context::Background(), storage, query,
                                                                  {.start_ms = -60'000, .end_ms = 6'500'000, .step_ms = setting.step_ms});
  REQUIRE(result.ok());
  const auto& matrix = std::get<ColumnMatrix>(result->value);
  REQUIRE(matrix.series.size() <= 1);
  const Column* column = matrix.series.empty() ? nullptr : &matrix.series[0].column;
  for (size_t step = 0; step < matrix.grid.steps(); ++step) {
    const int64_t right_ms = matrix.grid.TimeAt(step);
    const PlainWindow window = WindowOf(samples, right_ms - setting.range_ms, right_ms);
    const std::optional<double> expected = window.size() == 0 ? std::nullopt : one.function(window);
    if (Equal(expected, column, step, one.tolerance * Magnitude(window))) continue;
    FAIL("at " << right_ms << ": " << (expected.has_value() ? *expected : -1) << " expected, got "
               << (column != nullptr && column->HasFloat(step) ? column->values[step] : -1));
  }
}

}  // namespace

TEST_CASE("functions over ranges give what their plain definition gives, whatever slides") {
  // Windows shorter, equal and longer than steps and scrapes; long enough for merged totals; regular series and ragged ones.
  const Setting settings[] = {{60'000, 15'000, false},  {60'000, 15'000, true},     {15'000, 15'000, true},  {10'000, 60'000, false},
                              {300'000, 60'000, false}, {300'000, 60'000, true},    {300'000, 1'000, false}, {1'800'000, 30'000, false},
                              {2'400'000, 7'000, true}, {1'200'000, 900'000, false}, {60'000, 600'000, true}};
  for (const Case& one : Cases()) {
    for (const Setting& setting : settings) CheckCase(one, setting, 7);
  }
}

TEST_CASE("functions over ranges agree with their plain definition on many random series") {
  for (uint64_t seed = 100; seed < 120; ++seed) {
    for (const Case& one : Cases()) CheckCase(one, {600'000, 45'000, false}, seed);
  }
}

}  // namespace epi::promql
