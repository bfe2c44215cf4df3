#include "common/api/side_handler.h"

#include "tests/support/catch.h"

namespace epi::api {
namespace {

using storeapi::AlertInstance;
using storeapi::RuleGroupState;
using storeapi::RuleState;

RuleState AlertRule(const char* replica, const char* state, int64_t evaluated_ms, int64_t active_ms) {
  RuleState rule{.is_alert = true, .name = "Down", .query = "up == 0", .labels = {{"cluster", "eu"}, {"replica", replica}}};
  rule.health = "ok";
  rule.last_evaluation_ms = evaluated_ms;
  rule.state = state;
  rule.hold_seconds = 60;
  rule.alerts = {{{{"alertname", "Down"}}, {{"summary", "<down>"}}, state, active_ms, "0e+00"}};
  return rule;
}

RuleState Recording(const char* replica) {
  return {.name = "job:up", .query = "sum(up)", .labels = {{"cluster", "eu"}, {"replica", replica}}, .health = "ok", .last_evaluation_ms = 1000};
}

// Answers as two replicas would together.
class FakeBackend final : public storeapi::SideBackend {
 public:
  Result<storeapi::SideAnswer<std::vector<RuleGroupState>>> Rules(const Context&, const storeapi::RulesRequest& request) const override {
    if (!request.partial_response) return UnavailableError("c:1 is lost");
    return storeapi::SideAnswer<std::vector<RuleGroupState>>{
        {{"g", "r.yml", {Recording("0"), AlertRule("0", "pending", 2000, 1000)}, 30, 0, 0.5, 2000},
         {"g", "r.yml", {Recording("1"), AlertRule("1", "firing", 1000, 500)}, 30, 0, 0.25, 3000},
         {"other", "r.yml", {Recording("1")}, 30, 0, 0.25, 1000}},
        {"c:1 is lost"}};
  }
  Result<storeapi::SideAnswer<storeapi::Targets>> Targets(const Context&, const storeapi::TargetsRequest&) const override {
    storeapi::TargetState old{.discovered = {{"__scrape_interval__", "15s"}, {"replica", "0"}}, .labels = {{"job", "x"}, {"replica", "0"}}};
    old.scrape_pool = "x";
    old.health = "down";
    old.last_scrape_ms = 1000;
    storeapi::TargetState fresh = old;
    fresh.labels = {{"job", "x"}, {"replica", "1"}};
    fresh.discovered = {{"__scrape_interval__", "15s"}, {"replica", "1"}};
    fresh.health = "up";
    fresh.last_scrape_ms = 2500;
    return storeapi::SideAnswer<storeapi::Targets>{{{old, fresh}, {{{"job", "gone"}}}}, {}};
  }
  Result<storeapi::SideAnswer<storeapi::MetricMetas>> Metadata(const Context&, const storeapi::MetadataRequest&) const override {
    return storeapi::SideAnswer<storeapi::MetricMetas>{{{"a", {{"gauge", "A <b>.", ""}, {"counter", "Other.", "s"}}}, {"b", {{"counter", "B.", ""}}}}, {}};
  }
  Result<storeapi::SideAnswer<std::vector<storeapi::ExemplarSeries>>> Exemplars(const Context&, const storeapi::ExemplarsRequest&) const override {
    const storeapi::Exemplar first{{{"trace_id", "1"}}, 0.5, 1500};
    const storeapi::Exemplar second{{{"trace_id", "2"}}, 1, 2000};
    return storeapi::SideAnswer<std::vector<storeapi::ExemplarSeries>>{
        {{{{"__name__", "a"}, {"replica", "1"}}, {second}}, {{{"__name__", "a"}, {"replica", "0"}}, {first, second}}}, {}};
  }
};

using Call = Answer (SideHandler::*)(const Context&, const RequestParams&) const;

std::string Ask(Call call, std::initializer_list<std::pair<const char*, const char*>> params = {}) {
  const FakeBackend backend;
  const SideHandler handler({.backend = &backend, .replica_labels = {"replica"}});
  RequestParams form;
  for (const auto& [key, value] : params) form.Add(key, value);
  std::string text;
  JsonSink sink([&](std::string_view piece) {
    text += piece;
    return OkStatus();
  });
  REQUIRE((handler.*call)(Context::Background(), form).WriteTo(&sink).ok());
  return text;
}

TEST_CASE("rules of replicas are one, with the worst state and the oldest alert") {
  CHECK(Ask(&SideHandler::Rules, {{"type", "alert"}}) ==
        R"({"status":"success","data":{"groups":[{"name":"g","file":"r.yml","rules":[{"state":"firing","name":"Down","query":"up == 0",)"
        R"("duration":60,"keepFiringFor":0,"labels":{"cluster":"eu"},"annotations":{},"alerts":[{"labels":{"alertname":"Down","cluster":"eu"},)"
        R"("annotations":{"summary":"\u003cdown\u003e"},"state":"firing","activeAt":"1970-01-01T00:00:00.5Z","value":"0e+00"}],"health":"ok",)"
        R"("evaluationTime":0,"lastEvaluation":"1970-01-01T00:00:01Z","type":"alerting"}],"interval":30,"limit":0,"evaluationTime":0.25,)"
        R"("lastEvaluation":"1970-01-01T00:00:03Z"}]},"warnings":["c:1 is lost"]})");
}

TEST_CASE("rules are chosen by type, name, group, file and labels") {
  const auto groups = [](std::initializer_list<std::pair<const char*, const char*>> params) {
    const std::string text = Ask(&SideHandler::Rules, params);
    std::string found;
    for (size_t at = text.find("\"name\":"); at != std::string::npos; at = text.find("\"name\":", at + 1)) {
      found += text.substr(at + 8, text.find('"', at + 8) - at - 8) + " ";
    }
    return found;
  };
  CHECK(groups({}) == "g job:up Down other job:up ");
  CHECK(groups({{"type", "record"}}) == "g job:up other job:up ");
  CHECK(groups({{"rule_name[]", "Down"}}) == "g Down ");
  CHECK(groups({{"rule_group[]", "other"}}) == "other job:up ");
  CHECK(groups({{"file[]", "none.yml"}}).empty());
  CHECK(groups({{"match[]", "{cluster=\"us\"}"}}).empty());
  CHECK(groups({{"dedup", "false"}, {"type", "alert"}}) == "g Down Down ");
  CHECK(Ask(&SideHandler::Rules, {{"type", "x"}}).find(R"("error":"invalid parameter \"type\": not supported value \"x\"")") != std::string::npos);
}

TEST_CASE("what is missing is an error when partial answers are refused") {
  CHECK(Ask(&SideHandler::Alerts, {{"partial_response", "false"}}) ==
        R"({"status":"error","errorType":"execution","error":"c:1 is lost"})");
  CHECK(Ask(&SideHandler::Alerts).find(R"("warnings":["c:1 is lost"])") != std::string::npos);
}

TEST_CASE("of targets of replicas the one scraped last is shown") {
  CHECK(Ask(&SideHandler::Targets) ==
        R"({"status":"success","data":{"activeTargets":[{"discoveredLabels":{"__scrape_interval__":"15s"},"labels":{"job":"x"},"scrapePool":"x",)"
        R"("scrapeUrl":"","globalUrl":"","lastError":"","lastScrape":"1970-01-01T00:00:02.5Z","lastScrapeDuration":0,"health":"up",)"
        R"("scrapeInterval":"15s","scrapeTimeout":""}],"droppedTargets":[{"discoveredLabels":{"job":"gone"}}],"droppedTargetCounts":{"gone":1}}})");
}

TEST_CASE("metadata is cut as asked for") {
  CHECK(Ask(&SideHandler::Metadata, {{"limit", "1"}}) ==
        R"({"status":"success","data":{"a":[{"type":"gauge","help":"A \u003cb\u003e.","unit":""},{"type":"counter","help":"Other.","unit":"s"}]}})");
  CHECK(Ask(&SideHandler::Metadata, {{"limit_per_metric", "1"}}) ==
        R"({"status":"success","data":{"a":[{"type":"gauge","help":"A \u003cb\u003e.","unit":""}],"b":[{"type":"counter","help":"B.","unit":""}]}})");
  CHECK(Ask(&SideHandler::Metadata, {{"limit", "0"}}) == R"({"status":"success","data":{}})");
  CHECK(Ask(&SideHandler::Metadata, {{"limit", "x"}}) == R"({"status":"error","errorType":"bad_data","error":"limit must be a number"})");
}

TEST_CASE("exemplars of replicas are one series, each once, in order of time") {
  CHECK(Ask(&SideHandler::Exemplars, {{"query", "a"}}) ==
        R"({"status":"success","data":[{"seriesLabels":{"__name__":"a"},"exemplars":[{"labels":{"trace_id":"1"},"value":"0.5","timestamp":1.500},)"
        R"({"labels":{"trace_id":"2"},"value":"1","timestamp":2}]}]})");
  CHECK(Ask(&SideHandler::Exemplars, {{"query", "a{"}}).find("parse error") != std::string::npos);
  CHECK(Ask(&SideHandler::Exemplars, {{"query", "a"}, {"start", "2"}, {"end", "1"}}).find("end timestamp must not be before start") !=
        std::string::npos);
}

}  // namespace
}  // namespace epi::api
