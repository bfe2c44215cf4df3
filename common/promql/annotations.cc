#include "common/promql/annotations.h"

#include <algorithm>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/promql/number_text.h"

namespace epi::promql {
namespace {

void MergeMonotonicity(const ForcedMonotonicity& from, ForcedMonotonicity* into) {
  into->min_bucket = std::min(into->min_bucket, from.min_bucket);
  into->max_bucket = std::max(into->max_bucket, from.max_bucket);
  into->max_diff = std::max(into->max_diff, from.max_diff);
  into->min_t_ms = std::min(into->min_t_ms, from.min_t_ms);
  into->max_t_ms = std::max(into->max_t_ms, from.max_t_ms);
  into->count += from.count;
}

// Whole seconds; Go's integer division cuts towards zero.
std::string TimeText(int64_t t_ms) { return FormatRfc3339Ms(t_ms / 1000 * 1000); }

std::string Details(const Annotation& annotation) {
  if (annotation.occurrences > 1) return StrCat(" (", annotation.occurrences, " occurrences)");
  const ForcedMonotonicity& forced = annotation.monotonicity;
  if (forced.count == 0) return {};
  return StrCat(", from buckets ", FormatFloatG(forced.min_bucket), " to ", FormatFloatG(forced.max_bucket), ", with a max diff of ",
                FormatSignificant(forced.max_diff, 2), ", over ", forced.count, " samples from ", TimeText(forced.min_t_ms), " to ",
                TimeText(forced.max_t_ms));
}

std::string Show(const Annotation& annotation, std::string_view query) {
  std::string text = annotation.severity == Severity::kWarning ? "PromQL warning: " : "PromQL info: ";
  text += annotation.text;
  if (query.empty()) return text;
  StrAppend(&text, Details(annotation), " (", LineColumn(annotation.position, query), ")");
  return text;
}

void Limit(size_t shown_max, std::string_view kind, std::vector<std::string>* texts) {
  if (shown_max == 0 || texts->size() <= shown_max) return;
  const size_t omitted = texts->size() - shown_max;
  texts->resize(shown_max);
  texts->push_back(StrCat(omitted, " more ", kind, " annotations omitted"));
}

}  // namespace

void Annotations::Add(Annotation annotation) {
  const auto key = std::make_pair(annotation.severity, annotation.text);
  const auto [found, added] = items_.try_emplace(key, annotation);
  if (added) return;
  Annotation& known = found->second;
  if (annotation.monotonicity.count > 0) {
    MergeMonotonicity(annotation.monotonicity, &known.monotonicity);
  } else if (annotation.occurrences > 0) {
    known.occurrences += annotation.occurrences;
  } else {
    known.position = annotation.position;
  }
}

void Annotations::Merge(const Annotations& other) {
  for (const auto& [key, annotation] : other.items_) Add(annotation);
  foreign_.insert(other.foreign_.begin(), other.foreign_.end());
}

void Annotations::AddForeignWarning(std::string text) { foreign_.insert(std::move(text)); }

AnnotationStrings Annotations::Strings(std::string_view query, size_t shown_max) const {
  AnnotationStrings strings;
  strings.warnings.assign(foreign_.begin(), foreign_.end());
  for (const auto& [key, annotation] : items_) {
    auto& texts = annotation.severity == Severity::kWarning ? strings.warnings : strings.infos;
    texts.push_back(Show(annotation, query));
  }
  Limit(shown_max, "warning", &strings.warnings);
  Limit(shown_max, "info", &strings.infos);
  return strings;
}

}  // namespace epi::promql
