#include "hub/tools/rule_test_run.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/duration.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/promql/engine.h"
#include "common/promqltest/series_description.h"
#include "common/rules/group.h"
#include "common/series/memory_storage.h"
#include "hub/tools/rule_test_text.h"

namespace epi::hub {
namespace {

using std::chrono::milliseconds;

// The samples of one input series, at start + n * interval.
struct InputSamples {
  labels::Labels labels;
  std::vector<series::StoredSample> samples;
  size_t stored = 0;
};

class StorageSink final : public rules::SampleSink {
 public:
  explicit StorageSink(series::MemoryStorage* storage) : storage_(storage) {}
  Status Append(const promql::VectorSample& sample) override {
    const series::StoredSample stored{.t_ms = sample.t_ms, .value = sample.value, .histogram = sample.histogram};
    return storage_->Append(sample.labels, {&stored, 1});
  }

 private:
  series::MemoryStorage* const storage_;
};

class TestRun {
 public:
  TestRun(const Context& ctx, const RuleTestGroup& test, const RuleTestFile& file, const promql::Features& features)
      : ctx_(ctx),
        test_(test),
        file_(file),
        engine_({.features = features, .default_eval_interval_ms = file.evaluation_interval.count()}),
        sink_(&storage_) {}

  std::vector<std::string> Run(const std::vector<rules::RuleGroup>& groups) {
    if (const Status status = Prepare(groups); !status.ok()) return {std::string(status.message())};
    const int64_t interval_ms = file_.evaluation_interval.count();
    const int64_t end_ms = test_.start_ms + LastEvalTime().count();
    for (int64_t t_ms = test_.start_ms; t_ms <= end_ms; t_ms += interval_ms) {
      if (!Evaluate(t_ms)) return std::move(errors_);
      CheckAlerts(milliseconds(t_ms - test_.start_ms));
    }
    for (const ExprTest& test : test_.expr_tests) CheckExpr(test);
    return std::move(errors_);
  }

 private:
  Status Prepare(const std::vector<rules::RuleGroup>& groups) {
    labels::LabelsBuilder external_labels;
    for (const auto& [name, value] : test_.external_labels) external_labels.Set(name, value);
    const rules::GroupOptions options{rules::EngineQuery(&engine_, &storage_), external_labels.Build(), test_.external_url};
    for (const rules::RuleGroup& group : groups) groups_.emplace_back(group, options);
    for (const AlertTest& test : test_.alert_tests) {
      if (!test.alert_name.empty()) continue;
      return InvalidArgumentError(StrCat("an item under alert_rule_test misses required attribute alertname at eval_time ",
                                         FormatDuration(test.eval_time),
                                         test_.name.empty() ? "" : StrCat(" (in TestGroup ", test_.name, ")")));
    }
    for (const InputSeries& input : test_.input) RETURN_IF_ERROR(AddInput(input));
    return OkStatus();
  }

  Status AddInput(const InputSeries& input) {
    const auto description = promqltest::ParseSeriesDescription(StrCat(input.series, " ", input.values));
    if (!description.ok()) return description.status().WithContext(StrCat("input series ", input.series));
    InputSamples samples{.labels = description->labels};
    int64_t t_ms = test_.start_ms;
    for (const promqltest::SequenceValue& value : description->values) {
      if (!value.omitted) samples.samples.push_back({.t_ms = t_ms, .value = value.value, .histogram = value.histogram});
      t_ms += test_.interval.value_or(file_.evaluation_interval).count();
    }
    input_.push_back(std::move(samples));
    return OkStatus();
  }

  milliseconds LastEvalTime() const {
    milliseconds last{0};
    for (const AlertTest& test : test_.alert_tests) last = std::max(last, test.eval_time);
    for (const ExprTest& test : test_.expr_tests) last = std::max(last, test.eval_time);
    return last;
  }

  // False when a rule failed: what comes after would only repeat that.
  bool Evaluate(int64_t t_ms) {
    for (InputSamples& input : input_) StoreUntil(t_ms, &input);
    bool all_succeeded = true;
    for (rules::Group& group : groups_) {
      for (const rules::RuleOutcome& outcome : group.Evaluate(ctx_, t_ms, &sink_)) {
        if (outcome.error.ok()) continue;
        all_succeeded = false;
        errors_.push_back(StrCat("    rule: ", outcome.name, ", time: ", FormatGoDuration(milliseconds(t_ms)),
                                 ", err: ", outcome.error.message()));
      }
    }
    return all_succeeded;
  }

  void StoreUntil(int64_t t_ms, InputSamples* input) {
    const size_t first = input->stored;
    while (input->stored < input->samples.size() && input->samples[input->stored].t_ms <= t_ms) ++input->stored;
    const std::span<const series::StoredSample> next(input->samples.data() + first, input->stored - first);
    if (const Status status = storage_.Append(input->labels, next); !status.ok()) errors_.emplace_back(status.message());
  }

  // The tests of [since, since + interval), ordered by time.
  void CheckAlerts(milliseconds since) {
    std::vector<const AlertTest*> tests;
    for (const AlertTest& test : test_.alert_tests) {
      if (test.eval_time >= since && test.eval_time < since + file_.evaluation_interval) tests.push_back(&test);
    }
    std::stable_sort(tests.begin(), tests.end(), [](const AlertTest* a, const AlertTest* b) { return a->eval_time < b->eval_time; });
    for (const AlertTest* test : tests) CheckAlert(*test);
  }

  void CheckAlert(const AlertTest& test) {
    std::vector<rules::Alert> active;
    for (const rules::Group& group : groups_) {
      for (rules::Alert& alert : group.ActiveAlerts(test.alert_name)) active.push_back(std::move(alert));
    }
    const auto expected = ExpectedAlertLines(test);
    const std::vector<AlertLine> actual = FiringAlertLines(active);
    if (expected.ok() && *expected == actual) return;
    const std::string name = test_.name.empty() ? "" : StrCat("    name: ", test_.name, ",\n");
    const std::string expected_text = expected.ok() ? AlertLinesText(*expected) : std::string(expected.status().message());
    errors_.push_back(StrCat(name, "    alertname: ", test.alert_name, ", time: ", FormatDuration(test.eval_time),
                             ", \n        exp:", expected_text, ", \n        got:", AlertLinesText(actual)));
  }

  void CheckExpr(const ExprTest& test) {
    const std::string where = StrCat("    expr: ", GoQuote(test.expr), ", time: ", FormatDuration(test.eval_time), ",");
    const auto query = rules::EngineQuery(&engine_, &storage_);
    const auto vector = query(ctx_, test.expr, test_.start_ms + test.eval_time.count());
    const auto expected = ExpectedSampleLines(test);
    if (!vector.ok() || !expected.ok()) {
      errors_.push_back(StrCat(where, " err: ", (vector.ok() ? expected.status() : vector.status()).message()));
      return;
    }
    const std::vector<SampleLine> actual = ActualSampleLines(*vector);
    if (SameSampleLines(*expected, actual, file_.fuzzy_compare)) return;
    errors_.push_back(StrCat(where, "\n        exp: ", SampleLinesText(*expected), "\n        got: ", SampleLinesText(actual)));
  }

  const Context& ctx_;
  const RuleTestGroup& test_;
  const RuleTestFile& file_;
  const promql::Engine engine_;
  series::MemoryStorage storage_;
  StorageSink sink_;
  std::vector<InputSamples> input_;
  std::vector<rules::Group> groups_;
  std::vector<std::string> errors_;
};

}  // namespace

std::vector<std::string> RunRuleTestGroup(const Context& ctx, const RuleTestGroup& test, const RuleTestFile& file,
                                          const std::vector<rules::RuleGroup>& groups, const promql::Features& features) {
  return TestRun(ctx, test, file, features).Run(groups);
}

}  // namespace epi::hub
