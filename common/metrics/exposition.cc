#include "common/metrics/exposition.h"

#include "common/base/go_float.h"
#include "common/base/str_cat.h"

namespace epi::metrics {
namespace {

constexpr std::string_view kTotal = "_total";

void AppendEscaped(std::string* out, std::string_view text, bool quote) {
  for (const char c : text) {
    if (c == '\\') {
      out->append("\\\\");
    } else if (c == '\n') {
      out->append("\\n");
    } else if (c == '"' && quote) {
      out->append("\\\"");
    } else {
      out->push_back(c);
    }
  }
}

void AppendPair(std::string* out, std::string_view name, std::string_view value) {
  StrAppend(out, out->back() == '{' ? "" : ",", name, "=\"");
  AppendEscaped(out, value, true);
  out->push_back('"');
}

// Name of the family in # HELP and # TYPE.
std::string_view FamilyName(const MetricInfo& info, ExpositionFormat format) {
  std::string_view name = info.name;
  if (format == ExpositionFormat::kOpenMetrics && info.type == MetricType::kCounter && name.ends_with(kTotal)) {
    name.remove_suffix(kTotal.size());
  }
  return name;
}

}  // namespace

std::string_view ContentType(ExpositionFormat format) {
  return format == ExpositionFormat::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                  : "text/plain; version=0.0.4; charset=utf-8";
}

std::string_view MetricTypeText(MetricType type, ExpositionFormat format) {
  switch (type) {
    case MetricType::kCounter: return "counter";
    case MetricType::kGauge: return "gauge";
    case MetricType::kHistogram: return "histogram";
    case MetricType::kSummary: return "summary";
    case MetricType::kUntyped: break;
  }
  return format == ExpositionFormat::kOpenMetrics ? "unknown" : "untyped";
}

std::string Exposition::Number(double value) const {
  std::string text = FormatFloatG(value);
  if (format_ == ExpositionFormat::kOpenMetrics && text.find_first_of("e.NI") == std::string::npos) text += ".0";
  return text;
}

std::string Exposition::Count(uint64_t count) const { return StrCat(count); }

Exposition::Block* Exposition::Body(const MetricInfo& info, SampleLabels labels) {
  const auto found = blocks_.find(info.name);
  if (found != blocks_.end()) return &found->second;
  Block* const block = &blocks_.emplace(info.name, Block{info, {}, {}}).first->second;
  for (const auto& [name, value] : labels) block->label_names.emplace_back(name);
  return block;
}

void Exposition::Sample(std::string* out, std::string_view name, std::string_view suffix, SampleLabels labels,
                        std::pair<std::string_view, std::string_view> extra, std::string_view value) const {
  StrAppend(out, name, suffix);
  if (!labels.empty() || !extra.first.empty()) {
    out->push_back('{');
    for (const auto& [label, text] : labels) AppendPair(out, label, text);
    if (!extra.first.empty()) AppendPair(out, extra.first, extra.second);
    out->push_back('}');
  }
  StrAppend(out, " ", value, "\n");
}

void Exposition::Value(const MetricInfo& info, SampleLabels labels, double value) {
  const bool add_total = format_ == ExpositionFormat::kOpenMetrics && info.type == MetricType::kCounter;
  Sample(&Body(info, labels)->body, FamilyName(info, format_), add_total ? kTotal : "", labels, {}, Number(value));
}

void Exposition::Histogram(const MetricInfo& info, SampleLabels labels, std::span<const double> bounds,
                           std::span<const uint64_t> counts, double sum) {
  std::string* const out = &Body(info, labels)->body;
  uint64_t cumulative = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    cumulative += counts[i];
    const std::string bound = i < bounds.size() ? Number(bounds[i]) : "+Inf";
    Sample(out, info.name, "_bucket", labels, {"le", bound}, Count(cumulative));
  }
  Sample(out, info.name, "_sum", labels, {}, Number(sum));
  Sample(out, info.name, "_count", labels, {}, Count(cumulative));
}

void Exposition::Summary(const MetricInfo& info, SampleLabels labels, std::span<const std::pair<double, double>> quantiles,
                         uint64_t count, double sum) {
  std::string* const out = &Body(info, labels)->body;
  for (const auto& [quantile, value] : quantiles) {
    Sample(out, info.name, "", labels, {"quantile", Number(quantile)}, Number(value));
  }
  Sample(out, info.name, "_sum", labels, {}, Number(sum));
  Sample(out, info.name, "_count", labels, {}, Count(count));
}

std::vector<FamilyInfo> Exposition::Families() const {
  std::vector<FamilyInfo> families;
  for (const auto& [name, block] : blocks_) families.push_back({block.info, block.label_names});
  return families;
}

std::string Exposition::Finish() const {
  std::string out;
  for (const auto& [name, block] : blocks_) {
    const std::string_view family = FamilyName(block.info, format_);
    StrAppend(&out, "# HELP ", family, " ");
    AppendEscaped(&out, block.info.help, format_ == ExpositionFormat::kOpenMetrics);
    StrAppend(&out, "\n# TYPE ", family, " ", MetricTypeText(block.info.type, format_), "\n", block.body);
  }
  if (format_ == ExpositionFormat::kOpenMetrics) out += "# EOF\n";
  return out;
}

}  // namespace epi::metrics
