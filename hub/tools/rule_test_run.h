// Runs a file of rule tests.
//
// Time goes on in steps of the evaluation interval. At each step the input up to then is stored, all rule groups are evaluated, and the
// alert tests of the interval that starts there are checked; expression tests are checked at the end, and see what was stored by then.
#pragma once

#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/promql/options.h"
#include "common/rules/rule_file.h"
#include "hub/tools/rule_test_file.h"

namespace epi::hub {

// What failed, in promtool's words; empty when everything is as expected. `groups` are in order of evaluation.
std::vector<std::string> RunRuleTestGroup(const Context& ctx, const RuleTestGroup& test, const RuleTestFile& file,
                                          const std::vector<rules::RuleGroup>& groups, const promql::Features& features);

}  // namespace epi::hub
