#include "common/storeapi/wire_side.h"

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::storeapi {
namespace {

std::string Recorded(std::string_view name) { return ReadFile(StrCat("tests/fixtures/side/", name, ".bin")).value(); }

template <typename T>
T Parsed(std::string_view bytes) {
  T value;
  std::string warning;
  REQUIRE(ParseResponse(bytes, &value, &warning).ok());
  CHECK(warning.empty());
  return value;
}

// What was read reads the same after it was written again.
template <typename T>
T ThereAndBack(std::string_view name) {
  const T value = Parsed<T>(Recorded(name));
  CHECK((Parsed<T>(SerializeResponse(value)) == value));
  return value;
}

TEST_CASE("a recorded group of rules reads as it was") {
  const auto group = ThereAndBack<RuleGroupState>("rules");
  CHECK(group.name == "demo");
  CHECK(group.file == "rules.yml");
  CHECK(group.interval_seconds == 2);
  REQUIRE(group.rules.size() >= 2);
  const RuleState& recording = group.rules[0];
  CHECK_FALSE(recording.is_alert);
  CHECK(recording.name == "demo:requests:rate1m");
  CHECK(recording.query == "sum by (code) (rate(demo_requests_total[1m]))");
  CHECK(recording.labels.Get("tier") == "Größe");
  CHECK(recording.health == "ok");
  const RuleState& alert = group.rules[1];
  CHECK(alert.is_alert);
  CHECK(alert.state == "firing");
  CHECK(alert.annotations.Get("note") == "größe");
  REQUIRE_FALSE(alert.alerts.empty());
  CHECK(alert.alerts[0].state == "firing");
  CHECK(alert.alerts[0].labels.Get("alertname") == "AlwaysFiring");
  CHECK(alert.last_evaluation_ms / 1000 == 1795232952);
}

TEST_CASE("recorded targets read as they were") {
  const auto targets = ThereAndBack<Targets>("targets");
  REQUIRE(targets.active.size() >= 2);
  CHECK(targets.active[0].health == "up");
  CHECK(targets.active[0].scrape_pool == "demo");
  CHECK(targets.active[0].scrape_url == "http://127.0.0.1:27000/metrics");
  CHECK(targets.active[0].discovered.Get("__scrape_interval__") == "1s");
  CHECK(targets.active[1].health == "down");
}

TEST_CASE("recorded metadata reads as it was") {
  const auto metas = ThereAndBack<MetricMetas>("metadata");
  CHECK(metas.size() == 4);
  CHECK(metas.at("demo_latency_seconds") == std::vector<MetricMeta>{{"histogram", "Latency of the demo.", "seconds"}});
}

TEST_CASE("recorded exemplars read as they were") {
  const auto series = ThereAndBack<ExemplarSeries>("exemplars");
  CHECK(series.labels.Get("__name__") == "demo_latency_seconds_bucket");
  REQUIRE_FALSE(series.exemplars.empty());
  CHECK(series.exemplars[0].labels.Get("trace_id") == "c46");
  CHECK(series.exemplars[0].value == 0.05);
  CHECK(series.exemplars[0].t_ms == 1795232934806);
}

TEST_CASE("a warning is a response of any of them") {
  const std::string bytes = SerializeWarning("half of it is missing");
  std::string warning;
  RuleGroupState group;
  Targets targets;
  MetricMetas metas;
  ExemplarSeries series;
  CHECK(ParseResponse(bytes, &group, &warning).ok());
  CHECK(std::exchange(warning, "") == "half of it is missing");
  CHECK(ParseResponse(bytes, &targets, &warning).ok());
  CHECK(std::exchange(warning, "") == "half of it is missing");
  CHECK(ParseResponse(bytes, &metas, &warning).ok());
  CHECK(std::exchange(warning, "") == "half of it is missing");
  CHECK(ParseResponse(bytes, &series, &warning).ok());
  CHECK(warning == "half of it is missing");
}

TEST_CASE("requests come back as they were") {
  RulesRequest rules;
  REQUIRE(ParseRequest(SerializeRequest(RulesRequest{RuleKind::kRecord, false}), &rules).ok());
  CHECK(rules.kind == RuleKind::kRecord);
  CHECK_FALSE(rules.partial_response);
  TargetsRequest targets;
  REQUIRE(ParseRequest(SerializeRequest(TargetsRequest{TargetKind::kDropped, true}), &targets).ok());
  CHECK(targets.kind == TargetKind::kDropped);
  CHECK(targets.partial_response);
  MetadataRequest metadata;
  REQUIRE(ParseRequest(SerializeRequest(MetadataRequest{"up", true}), &metadata).ok());
  CHECK(metadata.metric == "up");
  ExemplarsRequest exemplars;
  REQUIRE(ParseRequest(SerializeRequest(ExemplarsRequest{"up", -5, 7, true}), &exemplars).ok());
  CHECK(exemplars.query == "up");
  CHECK(exemplars.start_ms == -5);
  CHECK(exemplars.end_ms == 7);
}

TEST_CASE("damaged messages are errors, and labels twice are refused") {
  RuleGroupState group;
  std::string warning;
  CHECK(ParseResponse("\x0a\x7f", &group, &warning).code() == StatusCode::kDataLoss);
  // group { rules { recording { labels { a=1, a=2 } } } }
  const std::string label1("\x0a\x01" "a\x12\x01" "1", 6);
  const std::string label2("\x0a\x01" "a\x12\x01" "2", 6);
  const auto wrap = [](char tag, const std::string& inner) { return std::string{tag, static_cast<char>(inner.size())} + inner; };
  const std::string set = wrap('\x0a', label1) + wrap('\x0a', label2);
  const std::string bytes = wrap('\x0a', wrap('\x1a', wrap('\x0a', wrap('\x1a', set))));
  CHECK(ParseResponse(bytes, &group, &warning).code() == StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace epi::storeapi
