// Parses any text as PromQL. What parses must print to something that parses and prints the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/promql/fold_durations.h"
#include "common/promql/parse.h"
#include "common/promql/print.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi::promql;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)ParseMetricSelector(text).ok();
  (void)ParseMetric(text).ok();
  (void)ParseExpr(text, Features()).ok();
  const auto expr = ParseExpr(text, Features::All());
  if (!expr.ok()) return 0;
  (void)Prettify(**expr).size();
  (void)ToJson(**expr).size();
  const ExprPtr copy = Clone(**expr);
  (void)FoldDurations({.step_ms = 1000, .range_ms = 60'000}, copy.get()).ok();
  const std::string printed = Print(**expr);
  // Ranges below a millisecond print as 0s, which is no range.
  if (printed.find("0s") != std::string::npos) return 0;
  const auto again = ParseExpr(printed, Features::All());
  CHECK(again.ok());
  CHECK(Print(**again) == printed);
  return 0;
}
