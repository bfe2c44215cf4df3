// The parser behind ParseCommandLine: walks the arguments once, choosing commands and giving flags their values.
#include <algorithm>
#include <map>

#include "common/base/edit_distance.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/config/flags.h"
#include "common/config/flags_text.h"

namespace epi::config {
namespace {

constexpr int kArgumentFileDepthMax = 8;
constexpr size_t kArgumentsMax = 100'000;

// Replaces @file by the file's lines; the lines may name files again.
Status ExpandFiles(std::span<const std::string> args, int depth, std::vector<std::string>* out) {
  bool only_arguments = false;
  for (const std::string& arg : args) {
    only_arguments = only_arguments || arg == "--";
    if (only_arguments || !arg.starts_with('@') || arg.size() == 1) {
      if (out->size() == kArgumentsMax) return InvalidArgumentError("too many arguments");
      out->push_back(arg);
      continue;
    }
    if (depth == kArgumentFileDepthMax) return InvalidArgumentError(StrCat("argument files are nested too deeply at ", arg));
    const std::string text = TRY(ReadFile(arg.substr(1)));
    std::vector<std::string> lines;
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      std::string line = text.substr(start, end - start);
      if (line.ends_with('\r')) line.pop_back();
      if (!line.empty() && !line.starts_with('#')) lines.push_back(std::move(line));
      start = end + 1;
    }
    RETURN_IF_ERROR(ExpandFiles(lines, depth + 1, out));
  }
  return {};
}

class CommandLineParser {
 public:
  CommandLineParser(Command* root, std::string_view version) : command_(root), root_(root), version_(version) {}

  Result<ParsedCommandLine> Run(std::vector<std::string> args) {
    args_ = std::move(args);
    bool only_arguments = false;
    while (next_ < args_.size() && !print_.has_value()) {
      const std::string& arg = args_[next_++];
      if (!only_arguments && arg == "--") {
        only_arguments = true;
      } else if (!only_arguments && arg.starts_with("--")) {
        RETURN_IF_ERROR(LongFlag(std::string_view(arg).substr(2)));
      } else if (!only_arguments && arg.size() > 1 && arg[0] == '-') {
        RETURN_IF_ERROR(ShortFlag(std::string_view(arg).substr(1)));
      } else {
        RETURN_IF_ERROR(Word(arg));
      }
    }
    if (!print_.has_value()) RETURN_IF_ERROR(Finish());
    return ParsedCommandLine{command_, std::move(warnings_), std::move(print_)};
  }

 private:
  // The flags that every command has. True when `name` is one.
  bool BuiltIn(std::string_view name) {
    if (name == "help" || name == "help-long" || name == "help-man") {
      print_ = HelpText(*command_);
    } else if (name == "help-markdown") {
      print_ = FlagTableMarkdown(*command_);
    } else if (name == "version") {
      print_ = StrCat(version_, "\n");
    } else if (name == "completion-script-bash" || name == "completion-script-zsh") {
      print_ = CompletionScript(*root_, name.ends_with("zsh") ? Shell::kZsh : Shell::kBash);
    }
    return print_.has_value();
  }

  // Looks in the current command, then in the default commands below it, and moves there when it finds.
  template <typename Find>
  Flag* FindDescending(Find find) {
    Command* at = command_;
    while (true) {
      if (Flag* const flag = find(*at); flag != nullptr) {
        command_ = at;
        return flag;
      }
      if (at->default_command() == nullptr) return nullptr;
      at = at->default_command();
    }
  }
  Flag* FindLong(std::string_view name) {
    return FindDescending([name](const Command& command) { return command.FindFlag(name); });
  }

  Status LongFlag(std::string_view text) {
    const size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const auto inline_value =
        equals == std::string_view::npos ? std::optional<std::string_view>() : text.substr(equals + 1);
    if (Flag* const flag = FindLong(name); flag != nullptr) return GiveValue(flag, name, StrCat("--", name), inline_value);
    if (name.starts_with("no-") && !inline_value.has_value()) {
      Flag* const negated = FindLong(name.substr(3));
      if (negated != nullptr && negated->is_bool()) return negated->Give(name.substr(3), "false", &warnings_);
    }
    if (BuiltIn(name)) return {};
    return UnknownFlag(name);
  }

  Status GiveValue(Flag* flag, std::string_view name, const std::string& shown, std::optional<std::string_view> value) {
    if (flag->is_bool()) return flag->Give(name, value.value_or("true"), &warnings_);
    if (value.has_value()) return flag->Give(name, *value, &warnings_);
    if (next_ == args_.size() || args_[next_].starts_with("--")) {
      return InvalidArgumentError(StrCat("expected argument for flag ", shown));
    }
    return flag->Give(name, args_[next_++], &warnings_);
  }

  Status ShortFlag(std::string_view letters) {
    while (!letters.empty() && !print_.has_value()) {
      const char letter = letters[0];
      letters.remove_prefix(1);
      Flag* const flag = FindDescending([letter](const Command& command) { return command.FindShort(letter); });
      if (flag == nullptr && letter == 'h') {
        BuiltIn("help");
        return {};
      }
      const std::string shown = StrCat("-", letter);
      if (flag == nullptr) return InvalidArgumentError(StrCat("unknown short flag '", shown, "'"));
      if (flag->is_bool()) {
        RETURN_IF_ERROR(flag->Give(flag->name(), "true", &warnings_));
        continue;
      }
      const auto attached = letters.empty() ? std::optional<std::string_view>() : letters.substr(letters[0] == '=' ? 1 : 0);
      return GiveValue(flag, flag->name(), shown, attached);
    }
    return {};
  }

  Status Word(const std::string& word) {
    if (arguments_given_ == 0) {
      if (word == "help" && !command_->commands().empty()) {
        help_wanted_ = true;
        return {};
      }
      if (Command* const next = command_->FindCommand(word); next != nullptr) {
        command_ = next;
        return {};
      }
    }
    Command* const meant = command_->default_command();
    if (command_->arguments().empty() && meant != nullptr && !meant->arguments().empty()) command_ = meant;
    return Argument(word);
  }

  Status Argument(const std::string& word) {
    const auto& arguments = command_->arguments();
    const bool in_list = arguments_given_ > 0 && arguments_given_ == arguments.size() && arguments.back()->repeatable();
    if (arguments_given_ == arguments.size() && !in_list) {
      if (command_->commands().empty()) return InvalidArgumentError(StrCat("unexpected argument \"", word, "\""));
      return InvalidArgumentError(StrCat("expected command but got \"", word, "\"", DidYouMean(word, CommandNames())));
    }
    if (!in_list) ++arguments_given_;
    return arguments[arguments_given_ - 1]->Give(arguments[arguments_given_ - 1]->name(), word, &warnings_);
  }

  Status Finish() {
    if (help_wanted_) {
      print_ = HelpText(*command_);
      return {};
    }
    while (command_->default_command() != nullptr) command_ = command_->default_command();
    if (!command_->commands().empty()) {
      std::string names;
      for (const std::string& name : CommandNames()) StrAppend(&names, names.empty() ? "" : ", ", name);
      return InvalidArgumentError(StrCat("expected a command: ", names));
    }
    for (const auto& argument : command_->arguments()) {
      if (!argument->given()) return InvalidArgumentError(StrCat("required argument <", argument->name(), "> not provided"));
    }
    for (const Command* at = command_; at != nullptr; at = at->parent()) {
      for (const auto& flag : at->flags()) {
        if (flag->required() && !flag->given()) {
          return InvalidArgumentError(StrCat("required flag --", flag->name(), " not provided"));
        }
      }
    }
    return {};
  }

  std::vector<std::string> CommandNames() const {
    std::vector<std::string> names;
    for (const auto& command : command_->commands()) names.push_back(command->name());
    return names;
  }

  Status UnknownFlag(std::string_view name) const {
    std::vector<std::string> names;
    const Command* at = command_;
    while (at->default_command() != nullptr) at = at->default_command();
    for (const std::string& known : at->FlagNames()) names.push_back(StrCat("--", known));
    return InvalidArgumentError(StrCat("unknown long flag '--", name, "'", DidYouMean(StrCat("--", name), names)));
  }

  Command* command_;
  Command* const root_;
  const std::string_view version_;
  std::vector<std::string> args_;
  size_t next_ = 0;
  size_t arguments_given_ = 0;
  bool help_wanted_ = false;
  std::vector<std::string> warnings_;
  std::optional<std::string> print_;
};

}  // namespace

Result<ParsedCommandLine> ParseCommandLine(Command* root, std::span<const std::string> args, std::string_view version) {
  std::vector<std::string> expanded;
  RETURN_IF_ERROR(ExpandFiles(args, 0, &expanded));
  return CommandLineParser(root, version).Run(std::move(expanded));
}

}  // namespace epi::config
