#include "agent/sidecar/prometheus_side_json.h"

#include "tests/support/catch.h"

namespace epi::agent {
namespace {

TEST_CASE("rules of Prometheus are read with their alerts") {
  const auto groups = ParseRules(R"json({"status":"success","data":{"groups":[{"name":"g","file":"/r.yml","rules":[
    {"state":"firing","name":"Down","query":"up == 0","duration":60,"labels":{"severity":"page"},"annotations":{"summary":"s"},
     "alerts":[{"labels":{"alertname":"Down"},"annotations":{"summary":"s"},"state":"firing","activeAt":"2023-11-14T22:13:20.5Z","value":"0e+00"}],
     "health":"ok","evaluationTime":0.25,"lastEvaluation":"2023-11-14T22:13:21.123456789Z","type":"alerting"},
    {"name":"job:up","query":"sum(up)","health":"err","lastError":"no","evaluationTime":1,"lastEvaluation":"0001-01-01T00:00:00Z","type":"recording"}
    ],"interval":30,"limit":5,"evaluationTime":0.5,"lastEvaluation":"2023-11-14T22:13:21Z"}]}})json");
  REQUIRE(groups.ok());
  REQUIRE(groups->size() == 1);
  const storeapi::RuleGroupState& group = (*groups)[0];
  CHECK(group.file == "/r.yml");
  CHECK(group.interval_seconds == 30);
  CHECK(group.limit == 5);
  REQUIRE(group.rules.size() == 2);
  CHECK(group.rules[0].is_alert);
  CHECK(group.rules[0].hold_seconds == 60);
  CHECK(group.rules[0].last_evaluation_ms == 1700000001123);
  CHECK(group.rules[0].annotations.Get("summary") == "s");
  REQUIRE(group.rules[0].alerts.size() == 1);
  CHECK(group.rules[0].alerts[0].active_at_ms == 1700000000500);
  CHECK_FALSE(group.rules[1].is_alert);
  CHECK(group.rules[1].labels.empty());
  CHECK(group.rules[1].last_error == "no");
}

TEST_CASE("targets of Prometheus are read, active and dropped") {
  const auto targets = ParseTargets(R"({"status":"success","data":{"activeTargets":[{"discoveredLabels":{"__address__":"a:1"},
    "labels":{"job":"x"},"scrapePool":"x","scrapeUrl":"http://a:1/metrics","globalUrl":"http://h:1/metrics","lastError":"refused",
    "lastScrape":"2023-11-14T22:13:20Z","lastScrapeDuration":0.5,"health":"down","scrapeInterval":"15s","scrapeTimeout":"10s"}],
    "droppedTargets":[{"discoveredLabels":{"job":"y"}}]}})");
  REQUIRE(targets.ok());
  REQUIRE(targets->active.size() == 1);
  CHECK(targets->active[0].health == "down");
  CHECK(targets->active[0].last_error == "refused");
  CHECK(targets->active[0].last_scrape_ms == 1700000000000);
  CHECK(targets->dropped == std::vector<labels::Labels>{{{"job", "y"}}});
  CHECK(ParseTargets(R"({"status":"success","data":{"activeTargets":[]}})")->dropped.empty());
}

TEST_CASE("metadata of metrics is read with every variant") {
  const auto metas = ParseMetadata(R"({"status":"success","data":{"up":[{"type":"gauge","help":"h","unit":""},{"type":"counter","help":"","unit":"s"}]}})");
  REQUIRE(metas.ok());
  CHECK(metas->at("up") == std::vector<storeapi::MetricMeta>{{"gauge", "h", ""}, {"counter", "", "s"}});
}

TEST_CASE("exemplars are read with times to the millisecond, and null is none") {
  const auto all = ParseExemplars(R"({"status":"success","data":[{"seriesLabels":{"__name__":"x"},"exemplars":[
    {"labels":{"trace_id":"1"},"value":"6e-1","timestamp":1700000000.479}]}]})");
  REQUIRE(all.ok());
  REQUIRE(all->size() == 1);
  CHECK((*all)[0].exemplars == std::vector<storeapi::Exemplar>{{{{"trace_id", "1"}}, 0.6, 1700000000479}});
  CHECK(ParseExemplars(R"({"status":"success","data":null})")->empty());
}

TEST_CASE("errors of Prometheus and what is no answer are told apart") {
  CHECK(ParseRules(R"({"status":"error","errorType":"internal","error":"broken"})").status().message() == "broken");
  CHECK(ParseRules("<html>").status().code() == StatusCode::kDataLoss);
  CHECK(ParseRules(R"({"status":"success","data":{}})").status().code() == StatusCode::kDataLoss);
  CHECK(ParseMetadata(R"({"status":"success","data":[]})").status().code() == StatusCode::kDataLoss);
  CHECK(ParseRules(R"({"status":"success","data":{"groups":[{"name":"g","rules":[{"labels":{"a":1}}]}]}})").status().code() ==
        StatusCode::kDataLoss);
}

}  // namespace
}  // namespace epi::agent
