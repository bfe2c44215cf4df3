#include "common/labels/relabel.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/base/bytes.h"
#include "common/base/edit_distance.h"
#include "common/base/md5.h"
#include "common/base/str_cat.h"
#include "common/labels/name.h"

namespace epi::labels {
namespace {

constexpr std::array<std::string_view, 11> kActionNames = {"replace", "keep",     "drop",      "keepequal", "dropequal", "hashmod",
                                                           "labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase"};

std::string ToCase(std::string_view text, int (*convert)(int)) {
  std::string out(text);
  // ASCII only; other letters keep their case.
  for (char& c : out) {
    if (static_cast<uint8_t>(c) < 0x80) c = static_cast<char>(convert(static_cast<unsigned char>(c)));
  }
  return out;
}

std::string Join(const LabelsBuilder& labels, const RelabelSpec& spec) {
  std::string joined;
  for (const std::string& name : spec.source_labels) {
    if (&name != &spec.source_labels.front()) joined += spec.separator;
    joined += labels.Get(name);
  }
  return joined;
}

bool NeedsTarget(RelabelAction action) {
  switch (action) {
    case RelabelAction::kReplace:
    case RelabelAction::kHashMod:
    case RelabelAction::kLowercase:
    case RelabelAction::kUppercase:
    case RelabelAction::kKeepEqual:
    case RelabelAction::kDropEqual: return true;
    default: return false;
  }
}

bool HasDefaultMatch(const RelabelSpec& spec) {
  const RelabelSpec defaults;
  return spec.regex == defaults.regex && spec.modulus == 0 && spec.separator == defaults.separator &&
         spec.replacement == defaults.replacement;
}

// Prometheus' conditions between the fields.
Status Validate(const RelabelSpec& spec) {
  const std::string action(RelabelActionText(spec.action));
  if (spec.action == RelabelAction::kHashMod && spec.modulus == 0) {
    return InvalidArgumentError("relabel configuration for hashmod requires non-zero modulus");
  }
  if (NeedsTarget(spec.action) && spec.target_label.empty()) {
    return InvalidArgumentError(StrCat("relabel configuration for ", action, " action requires 'target_label' value"));
  }
  const bool templated = spec.action == RelabelAction::kReplace && spec.target_label.find('$') != std::string::npos;
  if (NeedsTarget(spec.action) && !templated && !IsValidName(spec.target_label)) {
    return InvalidArgumentError(StrCat("\"", spec.target_label, "\" is invalid 'target_label' for ", action, " action"));
  }
  const bool equality = spec.action == RelabelAction::kKeepEqual || spec.action == RelabelAction::kDropEqual;
  if (equality && !HasDefaultMatch(spec)) {
    return InvalidArgumentError(StrCat(action, " action requires only 'source_labels' and `target_label`, and no other fields"));
  }
  const bool by_name = spec.action == RelabelAction::kLabelDrop || spec.action == RelabelAction::kLabelKeep;
  const RelabelSpec defaults;
  const bool others_default = spec.source_labels.empty() && spec.target_label.empty() && spec.modulus == 0 &&
                              spec.separator == defaults.separator && spec.replacement == defaults.replacement;
  if (by_name && !others_default) {
    return InvalidArgumentError(StrCat(action, " action requires only 'regex', and no other fields"));
  }
  return {};
}

// The last eight bytes of MD5, big-endian, as Prometheus takes them.
uint64_t HashOf(std::string_view text) {
  const auto digest = Md5(text);
  uint64_t hash = 0;
  for (size_t i = 8; i < digest.size(); ++i) hash = (hash << 8) | digest.at(i);
  return hash;
}

}  // namespace

Result<RelabelAction> ParseRelabelAction(std::string_view text) {
  const std::string lower = ToCase(text.substr(0, 64), std::tolower);
  for (size_t i = 0; i < kActionNames.size(); ++i) {
    if (lower == kActionNames.at(i)) return static_cast<RelabelAction>(i);
  }
  const std::vector<std::string> names(kActionNames.begin(), kActionNames.end());
  return InvalidArgumentError(StrCat("unknown relabel action \"", lower, "\"", DidYouMean(lower, names)));
}

std::string_view RelabelActionText(RelabelAction action) { return kActionNames.at(static_cast<size_t>(action)); }

Result<RelabelRule> RelabelRule::Make(RelabelSpec spec) {
  RETURN_IF_ERROR(Validate(spec));
  auto regex = std::make_shared<const AnchoredRegex>(TRY(AnchoredRegex::Make(spec.regex)));
  return RelabelRule(std::move(spec), std::move(regex));
}

bool RelabelRule::ApplyReplace(LabelsBuilder* labels, const std::string& joined) const {
  std::string target;
  if (!regex_->Expand(joined, spec_.target_label, &target) || !IsValidName(target)) return true;
  std::string value;
  regex_->Expand(joined, spec_.replacement, &value);
  if (target.size() > kLabelBytesMax || value.size() > kLabelBytesMax) return true;
  labels->Set(target, value);
  return true;
}

void RelabelRule::ApplyLabelMap(LabelsBuilder* labels) const {
  // Copies are read from the set as it was before this rule.
  const Labels before = labels->Build();
  for (const Label label : before) {
    std::string target;
    if (regex_->Expand(label.name, spec_.replacement, &target) && target.size() <= kLabelBytesMax) labels->Set(target, label.value);
  }
}

void RelabelRule::ApplyByName(LabelsBuilder* labels, bool drop_matching) const {
  const Labels before = labels->Build();
  for (const Label label : before) {
    if (regex_->Matches(label.name) == drop_matching) labels->Del(label.name);
  }
}

bool RelabelRule::Apply(LabelsBuilder* labels) const {
  const std::string joined = Join(*labels, spec_);
  const std::string& target = spec_.target_label;
  switch (spec_.action) {
    case RelabelAction::kReplace: return ApplyReplace(labels, joined);
    case RelabelAction::kKeep: return regex_->Matches(joined);
    case RelabelAction::kDrop: return !regex_->Matches(joined);
    case RelabelAction::kKeepEqual: return labels->Get(target) == joined;
    case RelabelAction::kDropEqual: return labels->Get(target) != joined;
    case RelabelAction::kHashMod: labels->Set(target, StrCat(HashOf(joined) % spec_.modulus)); return true;
    case RelabelAction::kLabelMap: ApplyLabelMap(labels); return true;
    case RelabelAction::kLabelDrop: ApplyByName(labels, true); return true;
    case RelabelAction::kLabelKeep: ApplyByName(labels, false); return true;
    case RelabelAction::kLowercase: labels->Set(target, ToCase(joined, std::tolower)); return true;
    case RelabelAction::kUppercase: labels->Set(target, ToCase(joined, std::toupper)); return true;
  }
  return true;
}

std::optional<Labels> Relabel(const Labels& labels, std::span<const RelabelRule> rules) {
  if (rules.empty()) return labels;
  LabelsBuilder builder(labels);
  for (const RelabelRule& rule : rules) {
    if (!rule.Apply(&builder)) return std::nullopt;
  }
  return builder.Build();
}

}  // namespace epi::labels
