// Which parts of PromQL are switched on: Prometheus' feature flags for the language and the engine.
//
// Defaults are Prometheus 3.14's. The parser looks at the language switches, the engine at all.
#pragma once

#include <string_view>

#include "common/base/status.h"

namespace epi::promql {

struct Features {
  // Language.
  bool experimental_functions = false;    // promql-experimental-functions
  bool extended_range_selectors = false;  // promql-extended-range-selectors: anchored, smoothed
  bool binop_fill_modifiers = false;      // promql-binop-fill-modifiers: fill, fill_left, fill_right
  // Engine.
  bool delayed_name_removal = false;   // promql-delayed-name-removal
  bool use_start_timestamps = false;   // use-start-timestamps: rate and its kin see each sample's start time
  bool type_and_unit_labels = false;   // type-and-unit-labels: "not a counter" looks at __type__
  bool per_step_stats = false;         // promql-per-step-stats
  bool at_modifier = true;             // @ has always been on since Prometheus 3.0
  bool negative_offset = true;         // so has offset -5m

  // Everything on, as the conformance corpus wants it.
  static Features All();
  // Switches on one feature by its flag value ("promql-experimental-functions"). Names that are always on since 3.14
  // ("promql-duration-expr", "promql-at-modifier", "promql-negative-offset") are accepted. InvalidArgument for others.
  Status Enable(std::string_view flag);
};

}  // namespace epi::promql
