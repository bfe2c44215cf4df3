#include "common/metrics/registry.h"

#include <cmath>
#include <limits>
#include <thread>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::metrics {
namespace {

TEST_CASE("a registry exposes its metrics ordered by name in Prometheus' text format") {
  Registry registry;
  registry.AddGauge("b_seconds", "Gauge with a \\ and a\nline.")->Set(1.5);
  registry.AddCounter("a_total", "A counter.")->Add(1000000);
  auto* requests = registry.AddCounterFamily("http_requests_total", "Requests.", {"code", "handler"});
  requests->With({"500", "a\"b\\\n"})->Inc();
  requests->With({"200", "query"})->Add(2);
  registry.AddHistogram("c_seconds", "Histogram.", {0.1, 1})->Observe(0.5);
  CHECK(registry.Expose(ExpositionFormat::kText) ==
        "# HELP a_total A counter.\n# TYPE a_total counter\na_total 1e+06\n"
        "# HELP b_seconds Gauge with a \\\\ and a\\nline.\n# TYPE b_seconds gauge\nb_seconds 1.5\n"
        "# HELP c_seconds Histogram.\n# TYPE c_seconds histogram\n"
        "c_seconds_bucket{le=\"0.1\"} 0\nc_seconds_bucket{le=\"1\"} 1\nc_seconds_bucket{le=\"+Inf\"} 1\n"
        "c_seconds_sum 0.5\nc_seconds_count 1\n"
        "# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\n"
        "http_requests_total{code=\"200\",handler=\"query\"} 2\nhttp_requests_total{code=\"500\",handler=\"a\\\"b\\\\\\n\"} 1\n");
}

TEST_CASE("OpenMetrics names counters apart from their samples, writes floats and ends with EOF") {
  Registry registry;
  registry.AddCounter("a_total", "A counter.")->Inc();
  registry.AddCounter("odd", "Not named as counters are.")->AddFraction(0.5);
  registry.AddHistogram("c_seconds", "Histogram.", {1})->Observe(2);
  CHECK(registry.Expose(ExpositionFormat::kOpenMetrics) ==
        "# HELP a A counter.\n# TYPE a counter\na_total 1.0\n"
        "# HELP c_seconds Histogram.\n# TYPE c_seconds histogram\nc_seconds_bucket{le=\"1.0\"} 0\nc_seconds_bucket{le=\"+Inf\"} 1\n"
        "c_seconds_sum 2.0\nc_seconds_count 1\n"
        "# HELP odd Not named as counters are.\n# TYPE odd counter\nodd_total 0.5\n# EOF\n");
}

TEST_CASE("a collector writes at scrape time, until its registration ends") {
  Registry registry;
  {
    auto registration = registry.AddCollector([](Exposition* out) {
      const std::vector<std::pair<double, double>> quantiles = {{0.5, 2}, {0.99, std::nan("")}};
      out->Summary({"s_seconds", "Summary.", MetricType::kSummary}, {}, quantiles, 3, 6);
    });
    auto gauge = registry.AddGaugeCallback("g", "Gauge.", [] { return 7; });
    CHECK(registry.Expose(ExpositionFormat::kText) ==
          "# HELP g Gauge.\n# TYPE g gauge\ng 7\n# HELP s_seconds Summary.\n# TYPE s_seconds summary\n"
          "s_seconds{quantile=\"0.5\"} 2\ns_seconds{quantile=\"0.99\"} NaN\ns_seconds_sum 6\ns_seconds_count 3\n");
  }
  CHECK(registry.Expose(ExpositionFormat::kText).empty());
}

TEST_CASE("a registry lists its families with their labels, those without samples and those of collectors, too") {
  Registry registry;
  registry.AddCounterFamily("b_total", "B.", {"x", "y"});
  registry.AddGauge("a", "A.");
  const auto registration = registry.AddCollector([](Exposition* out) {
    const std::vector<std::pair<std::string_view, std::string_view>> labels = {{"handler", "query"}};
    out->Gauge({"c", "C.", MetricType::kGauge}, labels, 1);
    out->Declare({"d", "D.", MetricType::kSummary}, {"code"});
  });
  std::string text;
  for (const FamilyInfo& family : registry.List()) {
    StrAppend(&text, family.info.name, " ", MetricTypeText(family.info.type, ExpositionFormat::kText), " ", family.info.help);
    for (const std::string& label : family.label_names) StrAppend(&text, " ", label);
    text += "\n";
  }
  CHECK(text == "a gauge A.\nb_total counter B. x y\nc gauge C. handler\nd summary D. code\n");
}

TEST_CASE("asking for the same family again gives the same one") {
  Registry registry;
  registry.AddCounter("a_total", "A.")->Inc();
  registry.AddCounter("a_total", "A.")->Inc();
  CHECK(registry.AddCounter("a_total", "A.")->Value() == 2);
  CHECK(registry.AddGaugeFamily("g", "G.", {"x"}) == registry.AddGaugeFamily("g", "G.", {"x"}));
  CHECK(registry.List().size() == 2);
}

TEST_CASE("a removed child leaves the exposition and stays usable") {
  Registry registry;
  auto* family = registry.AddGaugeFamily("g", "G.", {"block"});
  const auto child = family->With({"01ABC"});
  family->Remove({"01ABC"});
  child->Set(3);
  CHECK(registry.Expose(ExpositionFormat::kText).empty());
  family->With({"x"});
  family->Clear();
  CHECK(registry.Expose(ExpositionFormat::kText).empty());
}

TEST_CASE("label combinations beyond the limit share one child") {
  Registry registry;
  auto* family = registry.AddCounterFamily("a_total", "A.", {"tenant"});
  for (size_t i = 0; i < kChildrenMax + 5; ++i) family->With({StrCat("t", i)})->Inc();
  CHECK(family->With({"other"})->Value() == 5);
}

TEST_CASE("a histogram puts bounds into their own bucket and NaN above all") {
  Histogram histogram({1, 2});
  for (const double value : {0.5, 1.0, 1.5, 2.0, 3.0, std::numeric_limits<double>::quiet_NaN()}) histogram.Observe(value);
  CHECK(histogram.Counts() == std::vector<uint64_t>{2, 2, 2});
  CHECK(ExponentialBuckets(1, 2, 4) == std::vector<double>{1, 2, 4, 8});
}

TEST_CASE("increments from many threads are all counted while others scrape") {
  Registry registry;
  auto* family = registry.AddCounterFamily("a_total", "A.", {"x"});
  Histogram* histogram = registry.AddHistogram("h", "H.", {1});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        family->With({StrCat(i % 7)})->Inc();
        histogram->Observe(1);
        if (i % 500 == 0) registry.Expose(ExpositionFormat::kText);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  double total = 0;
  for (int i = 0; i < 7; ++i) total += family->With({StrCat(i)})->Value();
  CHECK(total == 8000);
  CHECK(histogram->Sum() == 8000);
}

TEST_CASE("the Accept header chooses the format") {
  CHECK(NegotiateFormat("") == ExpositionFormat::kText);
  CHECK(NegotiateFormat("*/*") == ExpositionFormat::kText);
  CHECK(NegotiateFormat("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1") == ExpositionFormat::kOpenMetrics);
  CHECK(NegotiateFormat("application/openmetrics-text;q=0.2, text/plain ; q=0.5") == ExpositionFormat::kText);
  CHECK(NegotiateFormat("application/openmetrics-text;version=2.0.0") == ExpositionFormat::kText);
  CHECK(NegotiateFormat("application/openmetrics-text;q=x") == ExpositionFormat::kText);
  CHECK(NegotiateFormat("application/vnd.google.protobuf;q=1,,;=;,text/html") == ExpositionFormat::kText);
}

}  // namespace
}  // namespace epi::metrics
