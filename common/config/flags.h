// Flags and commands, in the grammar of Thanos' command line (kingpin).
//
//   Command root("epimetheus-hub", "Global view …");
//   Command* query = root.AddCommand("query", "Query node.");
//   query->Group("HTTP");
//   query->Add("http-address", "Listen host:port for HTTP endpoints.", &options.http_address);
//   query->Add("endpoint", "Addresses of …", &options.endpoints).Alias("store");
//   const ParsedCommandLine parsed = TRY(ParseCommandLine(&root, args, version));
//
// Grammar: --flag=value, --flag value, --flag and --no-flag for booleans, -f value, -fvalue, @file (one argument a line,
//          # comments), -- ends flags. Flags of a command are known after its name; those of its parents everywhere.
// Contract: an unknown flag is an error with a did-you-mean; a deprecated one works and warns once; one whose feature does
//          not exist is refused by name. --help, --version, --help-markdown and --completion-script-bash are everywhere.
// Threads: parse once, before threads start; const methods are safe afterwards.
// Owns:    commands own their flags and subcommands; bound variables must outlive them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/config/flag_value.h"

namespace epi::config {

// One flag; setters return it, to be chained.
class Flag {
 public:
  Flag(std::string name, std::string help, FlagBinding binding);

  Flag& Short(char letter);
  // Another spelling that works and warns.
  Flag& Alias(std::string name);
  // Works and warns: "flag --x is deprecated: <why>".
  Flag& Deprecated(std::string why);
  // Not in help and tables.
  Flag& Hidden();
  Flag& Required();
  // Its value is never shown.
  Flag& Secret();
  // Only these values.
  Flag& Choices(std::vector<std::string> choices);
  // Has no effect and says so when it is given.
  Flag& NoEffect(std::string why);
  // Giving it is an error that names the reason.
  Flag& Refused(std::string why);

  const std::string& name() const { return name_; }
  const std::string& help() const { return help_; }
  const std::string& group() const { return group_; }
  const std::string& type_name() const { return binding_.type_name; }
  // Value before parsing, as text.
  const std::string& default_text() const { return default_text_; }
  char short_name() const { return short_name_; }
  bool is_bool() const { return binding_.is_bool; }
  bool repeatable() const { return binding_.repeatable; }
  bool hidden() const { return hidden_; }
  bool required() const { return required_; }
  bool given() const { return given_; }
  const std::vector<std::string>& choices() const { return choices_; }
  const std::vector<std::string>& aliases() const { return aliases_; }
  // Present value; "<secret>" for a secret that is set.
  std::string ValueText() const;

  // Takes a value that was written as `spelled` (the name or an alias). Appends to `warnings`.
  Status Give(std::string_view spelled, std::string_view text, std::vector<std::string>* warnings);

 private:
  friend class Command;
  const std::string name_;
  const std::string help_;
  const FlagBinding binding_;
  const std::string default_text_;
  std::string group_;
  std::vector<std::string> aliases_;
  std::vector<std::string> choices_;
  std::string deprecated_;
  std::string no_effect_;
  std::string refused_;
  char short_name_ = 0;
  bool hidden_ = false;
  bool required_ = false;
  bool secret_ = false;
  bool given_ = false;
};

// A program, or one of its commands, commands below commands.
class Command {
 public:
  Command(std::string name, std::string help) : name_(std::move(name)), help_(std::move(help)) {}
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  Command* AddCommand(std::string name, std::string help);
  // The command that is meant when none is named. REQUIRES: one of AddCommand's.
  void SetDefault(Command* command) { default_ = command; }
  // Title over the flags added from here on.
  void Group(std::string title) { group_ = std::move(title); }

  template <typename T>
  Flag& Add(std::string name, std::string help, T* target) {
    return AddFlag(std::move(name), std::move(help), BindFlag(target));
  }
  // A flag with its own parsing.
  Flag& AddFlag(std::string name, std::string help, FlagBinding binding);
  // A flag that is known, and an error when it is given: its feature does not exist.
  void Refuse(std::string name, std::string why);
  // A flag that is taken and has nothing to do here; says so when it is given. A boolean takes no value.
  enum class Takes : uint8_t { kValue, kNothing };
  void AddWithoutEffect(std::string name, std::string why, Takes takes = Takes::kValue);
  // Text that is neither flag nor command, in this order. A list takes all the rest.
  template <typename T>
  void AddArgument(std::string name, std::string help, T* target) {
    arguments_.push_back(std::make_unique<Flag>(std::move(name), std::move(help), BindFlag(target)));
    arguments_.back()->Required();
  }

  const std::string& name() const { return name_; }
  const std::string& help() const { return help_; }
  const Command* parent() const { return parent_; }
  Command* default_command() const { return default_; }
  const std::vector<std::unique_ptr<Flag>>& flags() const { return flags_; }
  const std::vector<std::unique_ptr<Flag>>& arguments() const { return arguments_; }
  const std::vector<std::unique_ptr<Command>>& commands() const { return commands_; }

  // Subcommand of that name, or null.
  Command* FindCommand(std::string_view name) const;
  // Flag of that name or alias, of this command or a parent; null when unknown.
  Flag* FindFlag(std::string_view name) const;
  Flag* FindShort(char letter) const;
  // Names that FindFlag finds, without hidden ones.
  std::vector<std::string> FlagNames() const;
  // "epimetheus-hub tools bucket".
  std::string Path() const;

 private:
  const std::string name_;
  const std::string help_;
  std::string group_;
  Command* parent_ = nullptr;
  Command* default_ = nullptr;
  std::vector<std::unique_ptr<Flag>> flags_;
  std::vector<std::unique_ptr<Flag>> arguments_;
  std::vector<std::unique_ptr<Command>> commands_;
};

struct ParsedCommandLine {
  // The command to run. Never null.
  Command* command = nullptr;
  // To be logged once the logger is there.
  std::vector<std::string> warnings;
  // Text that was asked for instead of a run (help, version, completion): print it and end with success.
  std::optional<std::string> print;
};

// `args` without the program's name. Errors: InvalidArgument, made to be shown as it is.
Result<ParsedCommandLine> ParseCommandLine(Command* root, std::span<const std::string> args, std::string_view version);

// Name and value of every flag of the command and its parents, ordered: for /api/v1/status/flags. Secrets are masked.
std::vector<std::pair<std::string, std::string>> FlagValues(const Command& command);

}  // namespace epi::config
