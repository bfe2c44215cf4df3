#include "common/config/flags.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/edit_distance.h"
#include "common/base/str_cat.h"

namespace epi::config {
namespace {

// Takes any value, any number of times.
FlagBinding BindNothing(bool is_bool) {
  return {[](std::string_view) { return OkStatus(); }, [] { return std::string(); }, "value", is_bool, true};
}

}  // namespace

Flag::Flag(std::string name, std::string help, FlagBinding binding)
    : name_(std::move(name)), help_(std::move(help)), binding_(std::move(binding)), default_text_(binding_.get()) {}

Flag& Flag::Short(char letter) {
  short_name_ = letter;
  return *this;
}

Flag& Flag::Alias(std::string name) {
  aliases_.push_back(std::move(name));
  return *this;
}

Flag& Flag::Deprecated(std::string why) {
  deprecated_ = std::move(why);
  return *this;
}

Flag& Flag::Hidden() {
  hidden_ = true;
  return *this;
}

Flag& Flag::Required() {
  required_ = true;
  return *this;
}

Flag& Flag::Secret() {
  secret_ = true;
  return *this;
}

Flag& Flag::Choices(std::vector<std::string> choices) {
  choices_ = std::move(choices);
  return *this;
}

Flag& Flag::NoEffect(std::string why) {
  no_effect_ = std::move(why);
  return *this;
}

Flag& Flag::Refused(std::string why) {
  refused_ = std::move(why);
  return *this;
}

std::string Flag::ValueText() const {
  std::string text = binding_.get();
  return secret_ && !text.empty() ? "<secret>" : text;
}

Status Flag::Give(std::string_view spelled, std::string_view text, std::vector<std::string>* warnings) {
  if (!refused_.empty()) return UnimplementedError(StrCat("flag --", spelled, " is not available: ", refused_));
  if (given_ && !repeatable()) return InvalidArgumentError(StrCat("flag --", spelled, " cannot be repeated"));
  if (!choices_.empty() && std::find(choices_.begin(), choices_.end(), text) == choices_.end()) {
    std::string known;
    for (const std::string& choice : choices_) StrAppend(&known, known.empty() ? "" : ", ", choice);
    return InvalidArgumentError(
        StrCat("flag --", spelled, ": must be one of ", known, ", got \"", text, "\"", DidYouMean(text, choices_)));
  }
  RETURN_IF_ERROR(binding_.set(text).WithContext(StrCat("flag --", spelled)));
  const auto warn_once = [warnings](std::string warning) {
    if (std::find(warnings->begin(), warnings->end(), warning) == warnings->end()) warnings->push_back(std::move(warning));
  };
  if (spelled != name_) warn_once(StrCat("flag --", spelled, " is deprecated, use --", name_));
  if (!deprecated_.empty()) warn_once(StrCat("flag --", spelled, " is deprecated: ", deprecated_));
  if (!no_effect_.empty()) warn_once(StrCat("flag --", spelled, " has no effect: ", no_effect_));
  given_ = true;
  return {};
}

Command* Command::AddCommand(std::string name, std::string help) {
  CHECK(FindCommand(name) == nullptr);
  commands_.push_back(std::make_unique<Command>(std::move(name), std::move(help)));
  commands_.back()->parent_ = this;
  return commands_.back().get();
}

Flag& Command::AddFlag(std::string name, std::string help, FlagBinding binding) {
  CHECK(FindFlag(name) == nullptr);
  flags_.push_back(std::make_unique<Flag>(std::move(name), std::move(help), std::move(binding)));
  flags_.back()->group_ = group_;
  return *flags_.back();
}

void Command::Refuse(std::string name, std::string why) {
  AddFlag(std::move(name), "Not available.", BindNothing(true)).Hidden().Refused(std::move(why));
}

void Command::AddWithoutEffect(std::string name, std::string why, Takes takes) {
  std::string help = StrCat("No effect: ", why);
  AddFlag(std::move(name), std::move(help), BindNothing(takes == Takes::kNothing)).Hidden().NoEffect(std::move(why));
}

Command* Command::FindCommand(std::string_view name) const {
  for (const auto& command : commands_) {
    if (command->name() == name) return command.get();
  }
  return nullptr;
}

Flag* Command::FindFlag(std::string_view name) const {
  for (const auto& flag : flags_) {
    const auto& aliases = flag->aliases();
    if (flag->name() == name || std::find(aliases.begin(), aliases.end(), name) != aliases.end()) return flag.get();
  }
  return parent_ == nullptr ? nullptr : parent_->FindFlag(name);
}

Flag* Command::FindShort(char letter) const {
  for (const auto& flag : flags_) {
    if (flag->short_name() == letter) return flag.get();
  }
  return parent_ == nullptr ? nullptr : parent_->FindShort(letter);
}

std::vector<std::string> Command::FlagNames() const {
  std::vector<std::string> names;
  if (parent_ != nullptr) names = parent_->FlagNames();
  for (const auto& flag : flags_) {
    if (!flag->hidden()) names.push_back(flag->name());
  }
  return names;
}

std::string Command::Path() const { return parent_ == nullptr ? name_ : StrCat(parent_->Path(), " ", name_); }

std::vector<std::pair<std::string, std::string>> FlagValues(const Command& command) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const Command* at = &command; at != nullptr; at = at->parent()) {
    for (const auto& flag : at->flags()) values.emplace_back(flag->name(), flag->ValueText());
  }
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace epi::config
