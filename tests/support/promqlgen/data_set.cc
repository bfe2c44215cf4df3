#include "tests/support/promqlgen/data_set.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "common/base/random.h"
#include "common/base/str_cat.h"
#include "common/series/sample.h"
#include "tests/support/promqlgen/native_series.h"

namespace epi::promqlgen {
namespace {

using labels::Labels;
using series::StoredSample;

class Maker {
 public:
  explicit Maker(const DataOptions& options) : options_(options), random_(options.seed), native_(&random_) {}

  std::vector<DataSeries> Make() {
    Counters();
    Gauges();
    Oddities();
    Infos();
    ClassicHistograms();
    if (options_.modern) Modern();
    for (DataSeries& series : data_) Finish(&series);
    std::sort(data_.begin(), data_.end(), [](const DataSeries& a, const DataSeries& b) { return a.labels < b.labels; });
    return std::move(data_);
  }

 private:
  static double Stale() { return std::bit_cast<double>(series::kStaleNanBits); }

  void Finish(DataSeries* series) const {
    for (StoredSample& sample : series->samples) {
      if (options_.off_edges) sample.t_ms = sample.t_ms / 1000 * 1000 + 7;
      if (!options_.start_times) sample.start_ms = 0;
    }
  }

  int64_t TimeOf(size_t scrape) const { return kDataStartMs + static_cast<int64_t>(scrape) * kScrapeMs; }

  // value(scrape) for every scrape; nothing where it is nullopt.
  template <typename Value>
  std::vector<StoredSample>& Add(Labels labels, Value&& value) {
    DataSeries series{std::move(labels), {}};
    for (size_t i = 0; i < kScrapes; ++i) {
      const std::optional<double> v = value(i);
      if (v.has_value()) series.samples.push_back({.t_ms = TimeOf(i), .value = *v, .histogram = nullptr, .start_ms = 0});
    }
    data_.push_back(std::move(series));
    return data_.back().samples;
  }

  void Counters() {
    for (const char* job : {"api", "web"}) {
      for (const char* instance : {"i1", "i2"}) {
        for (const char* code : {"200", "500"}) {
          for (const char* replica : {"a", "b"}) {
            double total = static_cast<double>(random_.Uniform(1000));
            Add({{"__name__", "requests_total"}, {"job", job}, {"instance", instance}, {"code", code}, {"replica", replica}},
                [&](size_t) -> std::optional<double> {
                  if (random_.OneIn(60)) total = 0;
                  if (random_.OneIn(40)) return std::nullopt;
                  return total += static_cast<double>(random_.Uniform(20));
                });
          }
        }
        double seconds = 0;
        for (StoredSample& sample :
             Add({{"__name__", "cpu_seconds_total"}, {"job", job}, {"instance", instance}}, [&](size_t) -> std::optional<double> {
               return seconds += random_.Fraction() * 7;
             })) {
          sample.t_ms += static_cast<int64_t>(random_.Uniform(9000));
        }
      }
    }
    for (const char* instance : {"i1", "i2", "i3"}) Flaky(instance);
  }

  void Flaky(const char* instance) {
    double total = 5;
    size_t away_until = 0;
    Add({{"__name__", "flaky_total"}, {"job", "api"}, {"instance", instance}}, [&](size_t i) -> std::optional<double> {
      if (i < away_until) return std::nullopt;
      if (random_.OneIn(12)) {
        away_until = i + 1 + random_.Uniform(15);
        return Stale();
      }
      if (random_.OneIn(15)) total = static_cast<double>(random_.Uniform(3));
      return total += random_.Fraction();
    });
  }

  void Gauges() {
    for (const char* room : {"kitchen", "cellar", "attic"}) {
      for (const char* instance : {"i1", "i2"}) {
        double degrees = 20 * random_.Fraction() - 5;
        Add({{"__name__", "temperature"}, {"room", room}, {"instance", instance}}, [&](size_t i) -> std::optional<double> {
          if (i % 50 > 40 && instance[1] == '2') return std::nullopt;
          return degrees += random_.Fraction() - 0.5;
        });
      }
    }
    for (const char* queue : {"q1", "q2", "q10", "q11"}) {
      Add({{"__name__", "queue_depth"}, {"queue", queue}, {"job", queue[1] == '1' ? "api" : "web"}},
          [&](size_t) -> std::optional<double> { return static_cast<double>(random_.Uniform(6)) - 1; });
    }
    Add({{"__name__", "constant"}, {"instance", "i1"}}, [](size_t) -> std::optional<double> { return 42; });
    Add({{"__name__", "once"}, {"instance", "i2"}}, [](size_t i) -> std::optional<double> {
      return i == 77 ? std::optional<double>(7.5) : std::nullopt;
    });
  }

  void Oddities() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const double odd[] = {std::bit_cast<double>(series::kNormalNanBits), kInfinity, -kInfinity, -0.0, 0.0, 5e-324, 1e308, -1e308, 1,
                          0.1, 1e-7, 1e21, 3};
    for (const char* kind : {"all", "finite", "infinite"}) {
      Add({{"__name__", "odd_values"}, {"kind", kind}}, [&](size_t) -> std::optional<double> {
        if (kind[0] == 'i') return random_.OneIn(3) ? kInfinity : 1.5;
        const double value = odd[random_.Uniform(std::size(odd))];
        return kind[0] == 'f' && !std::isfinite(value) ? 2.5 : value;
      });
    }
  }

  void Infos() {
    for (const char* instance : {"i1", "i2"}) {
      for (const char* job : {"api", "web"}) {
        for (const char* version : {"1", "2"}) {
          const bool first = version[0] == '1';
          const auto present = [first](size_t i) { return first ? i < 90 : i >= 85; };
          Add({{"__name__", "build_info"}, {"job", job}, {"instance", instance}, {"version", version}},
              [&](size_t i) -> std::optional<double> { return present(i) ? std::optional<double>(1) : std::nullopt; });
          // Of the two target_info the first one ends a scrape before the second begins.
          Add({{"__name__", "target_info"}, {"job", job}, {"instance", instance}, {"region", first ? "eu" : "us"}, {"os", "linux"}},
              [&](size_t i) -> std::optional<double> { return (first ? i < 85 : i >= 85) ? std::optional<double>(1) : std::nullopt; });
        }
      }
    }
  }

  void ClassicHistograms() {
    const char* const bounds[] = {"0.1", "0.5", "1", "2.5", "+Inf"};
    for (const char* job : {"api", "web"}) {
      std::vector<std::vector<double>> counts(kScrapes, std::vector<double>(std::size(bounds)));
      std::vector<double> totals(std::size(bounds));
      for (size_t i = 0; i < kScrapes; ++i) {
        if (random_.OneIn(70)) std::fill(totals.begin(), totals.end(), 0);
        for (size_t observation = random_.Uniform(12); observation > 0; --observation) {
          for (size_t b = random_.Uniform(std::size(bounds)); b < std::size(bounds); ++b) totals[b] += 1;
        }
        counts[i] = totals;
      }
      for (size_t b = 0; b < std::size(bounds); ++b) {
        Add({{"__name__", "latency_seconds_bucket"}, {"job", job}, {"le", bounds[b]}},
            [&](size_t i) -> std::optional<double> { return counts[i][b]; });
      }
      Add({{"__name__", "latency_seconds_count"}, {"job", job}}, [&](size_t i) -> std::optional<double> { return counts[i].back(); });
      Add({{"__name__", "latency_seconds_sum"}, {"job", job}}, [&](size_t i) -> std::optional<double> { return counts[i].back() * 0.7; });
    }
    for (const char* bound : {"-1", "0.5", "0.50", "1", "bad", "", "NaN", "+Inf"}) {
      for (const char* job : {"api", "web"}) {
        if (job[0] == 'w' && bound[0] == '+') continue;
        Add({{"__name__", "broken_seconds_bucket"}, {"job", job}, {"le", bound}},
            [&](size_t) -> std::optional<double> { return static_cast<double>(random_.Uniform(30)); });
      }
    }
  }

  void Modern() {
    for (const char* type : {"counter", "gauge"}) {
      Add({{"__name__", "typed_bytes"}, {"__type__", type}, {"__unit__", "bytes"}, {"instance", "i1"}},
          [&](size_t i) -> std::optional<double> { return static_cast<double>(i * (type[0] == 'c' ? 3 : 1)); });
      Add({{"__name__", "http.requests"}, {"service.name", type}, {"instance", "i2"}},
          [&](size_t i) -> std::optional<double> { return static_cast<double>(i % 30) * 0.3; });
    }
    double total = 0;
    int64_t start_ms = 0;
    for (StoredSample& sample : Add({{"__name__", "st_total"}, {"instance", "i1"}}, [&](size_t i) -> std::optional<double> {
           return i % 25 == 24 ? total = 4 : total += 2;
         })) {
      if (random_.OneIn(20)) start_ms = sample.t_ms - static_cast<int64_t>(random_.Uniform(40'000));
      sample.start_ms = random_.OneIn(9) ? 0 : start_ms;
    }
    for (NativeSeries& native : native_.Make()) {
      DataSeries series{native.labels, {}};
      for (size_t i = 0; i < native.values.size(); ++i) {
        const NativeValue& value = native.values[i];
        if (!value.present) continue;
        series.samples.push_back({.t_ms = TimeOf(i), .value = value.value, .histogram = value.histogram, .start_ms = 0});
      }
      data_.push_back(std::move(series));
    }
  }

  const DataOptions options_;
  Random random_;
  NativeSeriesMaker native_;
  std::vector<DataSeries> data_;
};

}  // namespace

std::vector<DataSeries> MakeData(const DataOptions& options) { return Maker(options).Make(); }

Status Load(const std::vector<DataSeries>& data, series::MemoryStorage* storage) {
  for (const DataSeries& series : data) RETURN_IF_ERROR(storage->Append(series.labels, series.samples));
  return OkStatus();
}

}  // namespace epi::promqlgen
