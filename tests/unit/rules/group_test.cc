#include "common/rules/group.h"

#include <cmath>

#include "common/base/str_cat.h"
#include "common/series/memory_storage.h"
#include "common/series/sample.h"
#include "tests/support/catch.h"

namespace epi::rules {
namespace {

constexpr int64_t kMinuteMs = 60'000;

class RecordingSink final : public SampleSink {
 public:
  explicit RecordingSink(series::MemoryStorage* storage) : storage_(storage) {}
  Status Append(const promql::VectorSample& sample) override {
    const std::string value = series::IsStaleNan(sample.value) ? "stale" : StrCat(sample.value);
    lines.push_back(StrCat(sample.labels.ToSeriesString(), " ", value));
    const series::StoredSample stored{.t_ms = sample.t_ms, .value = sample.value};
    return storage_->Append(sample.labels, {&stored, 1});
  }
  std::vector<std::string> lines;

 private:
  series::MemoryStorage* const storage_;
};

// One group over stored series, evaluated minute by minute.
class Fixture {
 public:
  explicit Fixture(std::string_view rules) : sink_(&storage_) {
    RuleFile file = ParseRuleFile(rules, "r.yml", promql::Features());
    REQUIRE(file.errors.empty());
    group_.emplace(file.groups.at(0), GroupOptions{EngineQuery(&engine_, &storage_), {{"cluster", "eu"}}, "http://x"});
  }

  void Set(int minute, const labels::Labels& labels, double value) {
    const series::StoredSample sample{.t_ms = minute * kMinuteMs, .value = value};
    REQUIRE(storage_.Append(labels, {&sample, 1}).ok());
  }
  // What was stored, and the errors.
  std::vector<std::string> Evaluate(int minute) {
    sink_.lines.clear();
    std::vector<std::string> lines;
    for (const RuleOutcome& outcome : group_->Evaluate(Context::Background(), minute * kMinuteMs, &sink_)) {
      if (!outcome.error.ok()) lines.push_back(StrCat(outcome.name, ": ", outcome.error.message()));
    }
    lines.insert(lines.begin(), sink_.lines.begin(), sink_.lines.end());
    return lines;
  }
  std::string States(std::string_view alert) const {
    std::string text;
    for (const Alert& active : group_->ActiveAlerts(alert)) {
      StrAppend(&text, text.empty() ? "" : " ", active.labels.Get("i"), ":", AlertStateText(active.state));
    }
    return text;
  }
  const Group& group() const { return *group_; }

 private:
  const promql::Engine engine_{promql::EngineOptions()};
  series::MemoryStorage storage_;
  RecordingSink sink_;
  std::optional<Group> group_;
};

const labels::Labels kUp1{{"__name__", "up"}, {"i", "1"}};
const labels::Labels kUp2{{"__name__", "up"}, {"i", "2"}};

using Lines = std::vector<std::string>;

TEST_CASE("a rule sees what the rules before it have stored in the same round") {
  Fixture fixture("groups: [{name: g, labels: {team: a, b: group}, rules: [{record: x, expr: up * 2, labels: {b: rule}}, {record: y, expr: x + 1}]}]");
  fixture.Set(0, kUp1, 3);
  CHECK(fixture.Evaluate(0) == Lines{R"(x{b="rule", i="1", team="a"} 6)", R"(y{b="group", i="1", team="a"} 7)"});
}

TEST_CASE("a series that a rule does not make any more is marked as stale once") {
  Fixture fixture("groups: [{name: g, rules: [{record: x, expr: up > 1}]}]");
  fixture.Set(0, kUp1, 3);
  CHECK(fixture.Evaluate(0) == Lines{R"(x{i="1"} 3)"});
  fixture.Set(1, kUp1, 0);
  CHECK(fixture.Evaluate(1) == Lines{R"(x{i="1"} stale)"});
  CHECK(fixture.Evaluate(2).empty());
}

TEST_CASE("a rule that fails names the reason and does not stop the others") {
  Fixture fixture("groups: [{name: g, limit: 1, rules: [{record: x, expr: up}, {record: y, expr: 'label_replace(up, \"i\", \"1\", \"\", \"\")'},"
                  " {record: z, expr: '\"text\"'}, {record: s, expr: '5'}]}]");
  fixture.Set(0, kUp1, 1);
  fixture.Set(0, kUp2, 1);
  CHECK(fixture.Evaluate(0) == Lines{"s 5", "x: exceeded limit of 1 with 2 series", "y: vector cannot contain metrics with the same labelset",
                                     "z: rule result is not a vector or scalar"});
}

TEST_CASE("rules whose labels make two series one fail") {
  Fixture fixture("groups: [{name: g, rules: [{record: x, expr: up, labels: {i: same}}, {alert: A, expr: up, labels: {i: same}}]}]");
  fixture.Set(0, kUp1, 1);
  fixture.Set(0, kUp2, 1);
  CHECK(fixture.Evaluate(0) == Lines{"x: vector contains metrics with the same labelset after applying rule labels",
                                     "A: vector contains metrics with the same labelset after applying alert labels"});
}

TEST_CASE("an alert waits for its time, fires, and ends") {
  Fixture fixture("groups: [{name: g, rules: [{alert: A, expr: up == 0, for: 2m, labels: {severity: page}}]}]");
  fixture.Set(0, kUp1, 0);
  CHECK(fixture.Evaluate(0) == Lines{R"(ALERTS_FOR_STATE{alertname="A", i="1", severity="page"} 0)",
                                     R"(ALERTS{alertname="A", alertstate="pending", i="1", severity="page"} 1)"});
  CHECK(fixture.States("A") == "1:pending");
  fixture.Evaluate(1);
  CHECK(fixture.States("A") == "1:pending");
  CHECK(fixture.Evaluate(2) == Lines{R"(ALERTS_FOR_STATE{alertname="A", i="1", severity="page"} 0)",
                                     R"(ALERTS{alertname="A", alertstate="firing", i="1", severity="page"} 1)",
                                     R"(ALERTS{alertname="A", alertstate="pending", i="1", severity="page"} stale)"});
  fixture.Set(3, kUp1, 1);
  fixture.Evaluate(3);
  CHECK(fixture.States("A").empty());
  fixture.Set(4, kUp1, 0);
  fixture.Evaluate(4);
  CHECK(fixture.States("A") == "1:pending");
}

TEST_CASE("a pending alert whose reason is gone is forgotten") {
  Fixture fixture("groups: [{name: g, rules: [{alert: A, expr: up == 0, for: 2m}]}]");
  fixture.Set(0, kUp1, 0);
  fixture.Evaluate(0);
  fixture.Set(1, kUp1, 1);
  fixture.Evaluate(1);
  fixture.Set(2, kUp1, 0);
  fixture.Evaluate(2);
  fixture.Evaluate(3);
  CHECK(fixture.States("A") == "1:pending");
  fixture.Evaluate(4);
  CHECK(fixture.States("A") == "1:firing");
}

TEST_CASE("an alert without a time fires at once, and one that keeps firing goes on for a while") {
  Fixture fixture("groups: [{name: g, rules: [{alert: A, expr: up == 0, keep_firing_for: 2m}, {alert: B, expr: up == 0}]}]");
  fixture.Set(0, kUp1, 0);
  fixture.Evaluate(0);
  CHECK(fixture.States("A") == "1:firing");
  CHECK(fixture.States("B") == "1:firing");
  fixture.Set(1, kUp1, 1);
  fixture.Evaluate(1);
  fixture.Evaluate(2);
  CHECK(fixture.States("A") == "1:firing");
  CHECK(fixture.States("B").empty());
  fixture.Evaluate(3);
  CHECK(fixture.States("A").empty());
}

TEST_CASE("alerts above the limit are an error and are forgotten") {
  Fixture fixture("groups: [{name: g, limit: 1, rules: [{alert: A, expr: up == 0}]}]");
  fixture.Set(0, kUp1, 0);
  fixture.Set(0, kUp2, 0);
  CHECK(fixture.Evaluate(0) == Lines{"A: exceeded limit of 1 with 2 alerts"});
  CHECK(fixture.States("A").empty());
}

TEST_CASE("texts of alerts know labels, value, external labels and queries") {
  Fixture fixture(R"(groups:
- name: g
  rules:
  - alert: A
    expr: up == 0
    labels: {who: "{{ $labels.i | printf \"host-%s\" }}"}
    annotations:
      value: "{{ $value | humanizePercentage }} {{ $labels.missing }}"
      external: "{{ $externalLabels.cluster }} {{ $externalURL }} {{ externalURL }} {{ pathPrefix }}"
      query: "{{ with query \"up\" }}{{ . | first | value }} of {{ len . }}{{ end }} {{ range query \"up\" | sortByLabel \"i\" }}{{ label \"i\" . }}{{ end }}"
      text: "{{ reReplaceAll \"(.)b\" \"${1}c\" \"abab\" }} {{ match \"^a\" \"ba\" }} {{ title \"hello you\" }} {{ stripPort \"h.d:80\" }} {{ stripDomain \"h.d:80\" }}"
      args: "{{ with args 1 \"x\" }}{{ .arg0 }}{{ .arg1 }}{{ end }} {{ parseDuration \"1h\" }} {{ graphLink \"up == 0\" }}"
      bad: "{{ first (query \"nothing\") }}"
)");
  fixture.Set(0, kUp1, 0);
  fixture.Evaluate(0);
  const std::vector<Alert> alerts = fixture.group().ActiveAlerts("A");
  REQUIRE(alerts.size() == 1);
  CHECK(alerts[0].labels.Get("who") == "host-1");
  const std::map<std::string, std::string> expected = {
      {"value", "0% "},
      {"external", "eu http://x http://x "},
      {"query", "0 of 1 1"},
      {"text", "acac false Hello You h.d h:80"},
      {"args", "1x 3600 /graph?g0.expr=up+%3D%3D+0&g0.tab=0"},
      {"bad", R"(<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing "__alert_A" at )"
              R"(<first (query "nothin...>: error calling first: first() called on vector with no elements>)"},
  };
  for (const auto& [name, text] : expected) CHECK(alerts[0].annotations.at(name) == text);
}

}  // namespace
}  // namespace epi::rules
