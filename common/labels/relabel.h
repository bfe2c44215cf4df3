// Relabelling: rules that rewrite or drop a label set, with Prometheus' actions and defaults.
//
//   source_labels values joined by separator → regex → action
//   replace      target_label = replacement with groups        lowercase, uppercase  target_label = the joined text
//   keep, drop   by match                                       keepequal, dropequal  by equality with target_label
//   hashmod      target_label = MD5 of the joined text mod modulus
//   labelmap     labels whose name matches are copied to replacement
//   labeldrop, labelkeep   labels by name
//
// Threads: immutable after Make(); Apply() is safe from any thread.
// Errors:  Make() returns InvalidArgument with Prometheus' conditions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/anchored_regex.h"
#include "common/labels/labels.h"

namespace epi::labels {

enum class RelabelAction : uint8_t {
  kReplace,
  kKeep,
  kDrop,
  kKeepEqual,
  kDropEqual,
  kHashMod,
  kLabelMap,
  kLabelDrop,
  kLabelKeep,
  kLowercase,
  kUppercase,
};

// The spelling in files, in any letter case.
Result<RelabelAction> ParseRelabelAction(std::string_view text);
std::string_view RelabelActionText(RelabelAction action);

// What a rule is made of; the values here are Prometheus' defaults.
struct RelabelSpec {
  std::vector<std::string> source_labels;
  std::string separator = ";";
  std::string regex = "(.*)";
  uint64_t modulus = 0;
  std::string target_label;
  std::string replacement = "$1";
  RelabelAction action = RelabelAction::kReplace;
};

class RelabelRule {
 public:
  static Result<RelabelRule> Make(RelabelSpec spec);
  const RelabelSpec& spec() const { return spec_; }

  // Changes `labels`; false when the set is dropped.
  bool Apply(LabelsBuilder* labels) const;

 private:
  explicit RelabelRule(RelabelSpec spec, std::shared_ptr<const AnchoredRegex> regex)
      : spec_(std::move(spec)), regex_(std::move(regex)) {}
  bool ApplyReplace(LabelsBuilder* labels, const std::string& joined) const;
  void ApplyLabelMap(LabelsBuilder* labels) const;
  void ApplyByName(LabelsBuilder* labels, bool drop_matching) const;

  RelabelSpec spec_;
  std::shared_ptr<const AnchoredRegex> regex_;
};

using RelabelRules = std::vector<RelabelRule>;

// The label set after all rules; nullopt when one of them drops it.
std::optional<Labels> Relabel(const Labels& labels, std::span<const RelabelRule> rules);

}  // namespace epi::labels
