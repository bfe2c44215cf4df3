#include "common/promql/options.h"

#include <string>

#include "common/base/str_cat.h"

namespace epi::promql {
namespace {

struct Switch {
  std::string_view flag;
  bool Features::*member;
};

constexpr Switch kSwitches[] = {
    {"promql-experimental-functions", &Features::experimental_functions},
    {"promql-extended-range-selectors", &Features::extended_range_selectors},
    {"promql-binop-fill-modifiers", &Features::binop_fill_modifiers},
    {"promql-delayed-name-removal", &Features::delayed_name_removal},
    {"use-start-timestamps", &Features::use_start_timestamps},
    {"type-and-unit-labels", &Features::type_and_unit_labels},
    {"promql-per-step-stats", &Features::per_step_stats},
    {"promql-at-modifier", &Features::at_modifier},
    {"promql-negative-offset", &Features::negative_offset},
};

}  // namespace

Features Features::All() {
  Features features;
  for (const Switch& entry : kSwitches) features.*entry.member = true;
  return features;
}

Status Features::Enable(std::string_view flag) {
  for (const Switch& entry : kSwitches) {
    if (entry.flag != flag) continue;
    this->*entry.member = true;
    return OkStatus();
  }
  if (flag == "promql-duration-expr") return OkStatus();
  return InvalidArgumentError(StrCat("unknown PromQL feature ", flag));
}

}  // namespace epi::promql
