// Reads an Accept header: media types with parameters, the q values deciding.
#include <algorithm>
#include <charconv>
#include <optional>

#include "common/metrics/exposition.h"

namespace epi::metrics {
namespace {

constexpr size_t kAcceptBytesMax = 4096;

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The part before the next `separator`, taken off `text`.
std::string_view TakePart(std::string_view* text, char separator) {
  const size_t end = std::min(text->find(separator), text->size());
  const std::string_view part = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return Trim(part);
}

struct Clause {
  std::string_view media_type;
  std::string_view version;
  double quality = 1;
};

Clause ParseClause(std::string_view text) {
  Clause clause;
  clause.media_type = TakePart(&text, ';');
  while (!text.empty()) {
    std::string_view parameter = TakePart(&text, ';');
    const std::string_view name = TakePart(&parameter, '=');
    const std::string_view value = Trim(parameter);
    if (name == "version") clause.version = value;
    if (name == "q") {
      const auto result = std::from_chars(value.data(), value.data() + value.size(), clause.quality, std::chars_format::fixed);
      if (result.ec != std::errc()) clause.quality = 0;
    }
  }
  return clause;
}

std::optional<ExpositionFormat> FormatOf(const Clause& clause) {
  const std::string_view version = clause.version;
  if (clause.media_type == "application/openmetrics-text") {
    if (version.empty() || version == "1.0.0" || version == "0.0.1") return ExpositionFormat::kOpenMetrics;
    return std::nullopt;
  }
  const bool text = clause.media_type == "text/plain" || clause.media_type == "text/*" || clause.media_type == "*/*";
  if (text && (version.empty() || version == "0.0.4")) return ExpositionFormat::kText;
  return std::nullopt;
}

}  // namespace

ExpositionFormat NegotiateFormat(std::string_view accept) {
  ExpositionFormat best = ExpositionFormat::kText;
  double best_quality = 0;
  accept = accept.substr(0, kAcceptBytesMax);
  while (!accept.empty()) {
    const Clause clause = ParseClause(TakePart(&accept, ','));
    const std::optional<ExpositionFormat> format = FormatOf(clause);
    if (!format.has_value() || clause.quality <= best_quality) continue;
    best = *format;
    best_quality = clause.quality;
  }
  return best;
}

}  // namespace epi::metrics
