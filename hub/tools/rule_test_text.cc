#include "hub/tools/rule_test_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/promql/parse.h"
#include "common/promqltest/compare.h"
#include "common/promqltest/histogram_literal.h"
#include "common/promqltest/text_scanner.h"

namespace epi::hub {
namespace {

constexpr std::string_view kAlertIndent = "            ";

Result<labels::Labels> LabelsOf(const std::map<std::string, std::string>& map) {
  std::vector<labels::Label> pairs;
  for (const auto& [name, value] : map) pairs.push_back({name, value});
  return labels::Labels::FromUnsorted(std::move(pairs));
}

void Sort(std::vector<AlertLine>* lines) {
  std::sort(lines->begin(), lines->end(), [](const AlertLine& a, const AlertLine& b) {
    const int order = labels::Labels::Compare(a.labels, b.labels);
    return order != 0 ? order < 0 : labels::Labels::Compare(a.annotations, b.annotations) < 0;
  });
}

void Sort(std::vector<SampleLine>* lines) {
  std::stable_sort(lines->begin(), lines->end(),
                   [](const SampleLine& a, const SampleLine& b) { return labels::Labels::Compare(a.labels, b.labels) < 0; });
}

bool SameValue(double a, double b, bool fuzzy) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return true;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return fuzzy && (std::nextafter(a, kInfinity) == b || std::nextafter(a, -kInfinity) == b);
}

bool SameSample(const SampleLine& a, const SampleLine& b, bool fuzzy) {
  if (!(a.labels == b.labels) || (a.histogram == nullptr) != (b.histogram == nullptr)) return false;
  if (a.histogram != nullptr) return promqltest::AlmostEqual(*a.histogram, *b.histogram, false);
  return SameValue(a.value, b.value, fuzzy);
}

// 2E+00, +Inf.
std::string ValueText(double value) {
  std::string text;
  AppendFloatE(&text, value);
  if (std::isfinite(value)) std::replace(text.begin(), text.end(), 'e', 'E');
  return text;
}

}  // namespace

Result<std::vector<AlertLine>> ExpectedAlertLines(const AlertTest& test) {
  std::vector<AlertLine> lines;
  for (const ExpectedAlert& alert : test.expected) {
    std::map<std::string, std::string> labels = alert.labels;
    labels["alertname"] = test.alert_name;
    lines.push_back({TRY(LabelsOf(labels)), TRY(LabelsOf(alert.annotations))});
  }
  Sort(&lines);
  return lines;
}

std::vector<AlertLine> FiringAlertLines(const std::vector<rules::Alert>& alerts) {
  std::vector<AlertLine> lines;
  for (const rules::Alert& alert : alerts) {
    if (alert.state != rules::AlertState::kFiring) continue;
    labels::LabelsBuilder annotations;
    for (const auto& [name, text] : alert.annotations) annotations.Set(name, text);
    lines.push_back({alert.labels, annotations.Build()});
  }
  Sort(&lines);
  return lines;
}

std::string AlertLinesText(const std::vector<AlertLine>& lines) {
  if (lines.empty()) return "[]";
  std::string text = "[\n";
  for (size_t i = 0; i < lines.size(); ++i) {
    StrAppend(&text, kAlertIndent, i, ":\n", kAlertIndent, "  Labels:", lines[i].labels.ToString(), "\n", kAlertIndent,
              "  Annotations:", lines[i].annotations.ToString(), i + 1 < lines.size() ? ",\n" : "\n");
  }
  return StrCat(text, kAlertIndent, "]");
}

Result<std::vector<SampleLine>> ExpectedSampleLines(const ExprTest& test) {
  std::vector<SampleLine> lines;
  for (const ExpectedSample& sample : test.expected) {
    auto labels = promql::ParseMetric(sample.labels);
    if (!labels.ok()) return InvalidArgumentError(StrCat("labels \"", sample.labels, "\": ", labels.status().message()));
    SampleLine line{std::move(*labels), sample.value, nullptr};
    if (!sample.histogram.empty()) {
      promqltest::TextScanner scanner(sample.histogram);
      auto literal = promqltest::TakeHistogram(&scanner);
      if (!literal.ok()) return InvalidArgumentError(StrCat("histogram \"", sample.histogram, "\": ", literal.status().message()));
      line.histogram = std::make_shared<const series::FloatHistogram>(std::move(literal->histogram));
    }
    lines.push_back(std::move(line));
  }
  Sort(&lines);
  return lines;
}

std::vector<SampleLine> ActualSampleLines(const promql::Vector& vector) {
  std::vector<SampleLine> lines;
  for (const promql::VectorSample& sample : vector) lines.push_back({sample.labels, sample.value, sample.histogram});
  Sort(&lines);
  return lines;
}

bool SameSampleLines(const std::vector<SampleLine>& a, const std::vector<SampleLine>& b, bool fuzzy) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [fuzzy](const SampleLine& x, const SampleLine& y) { return SameSample(x, y, fuzzy); });
}

std::string SampleLinesText(const std::vector<SampleLine>& lines) {
  if (lines.empty()) return "nil";
  std::string text;
  for (const SampleLine& line : lines) {
    const std::string value = line.histogram == nullptr ? ValueText(line.value) : promqltest::HistogramText(*line.histogram);
    StrAppend(&text, text.empty() ? "" : ", ", line.labels.ToString(), " ", value);
  }
  return text;
}

}  // namespace epi::hub
