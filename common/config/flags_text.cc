#include "common/config/flags_text.h"

#include <algorithm>

#include "common/base/str_cat.h"

namespace epi::config {
namespace {

constexpr size_t kColumnsMax = 100;
constexpr size_t kHelpIndent = 30;
constexpr std::string_view kBuiltInFlags = "--help --version --completion-script-bash --completion-script-zsh";

// Appends words of `text`, wrapped, each line but the first indented.
void AppendWrapped(std::string* out, std::string_view text, size_t indent) {
  size_t column = indent;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > indent && column + 1 + word.size() > kColumnsMax) {
      StrAppend(out, "\n", std::string(indent, ' '));
      column = indent;
    }
    if (column > indent) {
      out->push_back(' ');
      ++column;
    }
    out->append(word);
    column += word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out->push_back('\n');
}

void AppendEntry(std::string* out, const std::string& left, std::string_view help) {
  StrAppend(out, "  ", left);
  if (left.size() + 4 > kHelpIndent) {
    StrAppend(out, "\n", std::string(kHelpIndent, ' '));
  } else {
    out->append(kHelpIndent - left.size() - 2, ' ');
  }
  AppendWrapped(out, help, kHelpIndent);
}

std::string FlagSpelling(const Flag& flag) {
  std::string spelling = flag.short_name() == 0 ? std::string() : StrCat("-", flag.short_name(), ", ");
  StrAppend(&spelling, "--", flag.is_bool() ? "[no-]" : "", flag.name());
  if (flag.is_bool()) return spelling;
  if (flag.default_text().empty()) {
    StrAppend(&spelling, "=<", flag.type_name(), ">");
  } else {
    StrAppend(&spelling, "=", flag.default_text());
  }
  return StrCat(spelling, flag.repeatable() ? " ..." : "");
}

std::string FlagMeaning(const Flag& flag) {
  std::string meaning = flag.help();
  if (!flag.choices().empty()) {
    meaning += " One of:";
    for (const std::string& choice : flag.choices()) StrAppend(&meaning, &choice == &flag.choices().front() ? " " : ", ", choice);
    meaning += ".";
  }
  if (flag.required()) meaning += " Required.";
  return meaning;
}

// Groups in order of first use, each with its visible flags; parents' flags last.
std::vector<std::pair<std::string, std::vector<const Flag*>>> VisibleGroups(const Command& command) {
  std::vector<std::pair<std::string, std::vector<const Flag*>>> groups;
  for (const Command* at = &command; at != nullptr; at = at->parent()) {
    for (const auto& flag : at->flags()) {
      if (flag->hidden()) continue;
      auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == flag->group(); });
      if (group == groups.end()) group = groups.insert(groups.end(), {flag->group(), {}});
      group->second.push_back(flag.get());
    }
  }
  return groups;
}

std::string UsageLine(const Command& command) {
  std::string line = StrCat("usage: ", command.Path());
  if (!command.commands().empty()) line += command.default_command() == nullptr ? " <command>" : " [<command>]";
  line += " [<flags>]";
  for (const auto& argument : command.arguments()) {
    StrAppend(&line, " <", argument->name(), ">", argument->repeatable() ? "..." : "");
  }
  return line;
}

// For a table cell: no line breaks, no column separators, no HTML.
std::string Cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') {
      out += "\\|";
    } else if (c == '\n') {
      out += ' ';
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Code(std::string_view text) { return text.empty() ? std::string() : StrCat("`", text, "`"); }

void AppendCompletionCases(std::string* out, const Command& command) {
  std::string words;
  for (const auto& child : command.commands()) StrAppend(&words, child->name(), " ");
  const Command* flags_of = &command;
  while (flags_of->default_command() != nullptr) flags_of = flags_of->default_command();
  for (const std::string& name : flags_of->FlagNames()) StrAppend(&words, "--", name, " ");
  StrAppend(out, "    \"", command.Path(), "\") words=\"", words, kBuiltInFlags, "\" ;;\n");
  for (const auto& child : command.commands()) AppendCompletionCases(out, *child);
}

void AppendChoiceCases(std::string* out, const Command& command) {
  for (const auto& flag : command.flags()) {
    if (flag->choices().empty() || flag->hidden()) continue;
    std::string choices;
    for (const std::string& choice : flag->choices()) StrAppend(&choices, choices.empty() ? "" : " ", choice);
    StrAppend(out, "    \"", command.Path(), "\"*\" --", flag->name(), "\") words=\"", choices, "\" ;;\n");
  }
  for (const auto& child : command.commands()) AppendChoiceCases(out, *child);
}

// Lines that try whether the next word is a command below the present one.
void AppendPathCases(std::string* out, const Command& command) {
  for (const auto& child : command.commands()) {
    StrAppend(out, "      \"", command.Path(), " ", child->name(), "\") place=\"", child->Path(), "\" ;;\n");
    AppendPathCases(out, *child);
  }
}

}  // namespace

std::string HelpText(const Command& command) {
  std::string out = StrCat(UsageLine(command), "\n\n");
  AppendWrapped(&out, command.help(), 0);
  if (!command.commands().empty()) {
    out += "\nCommands:\n";
    for (const auto& child : command.commands()) {
      AppendEntry(&out, child->name(), StrCat(child->help(), child.get() == command.default_command() ? " (default)" : ""));
    }
  }
  if (!command.arguments().empty()) out += "\nArguments:\n";
  for (const auto& argument : command.arguments()) AppendEntry(&out, StrCat("<", argument->name(), ">"), argument->help());
  const Command* flags_of = &command;
  while (flags_of->default_command() != nullptr) flags_of = flags_of->default_command();
  for (const auto& [title, flags] : VisibleGroups(*flags_of)) {
    StrAppend(&out, "\n", title.empty() ? "Flags" : title, ":\n");
    for (const Flag* flag : flags) AppendEntry(&out, FlagSpelling(*flag), FlagMeaning(*flag));
  }
  out += "\nEverywhere:\n";
  AppendEntry(&out, "-h, --help", "Show this help.");
  AppendEntry(&out, "--version", "Show the version.");
  AppendEntry(&out, "--completion-script-bash", "Print a script that completes commands and flags; also -zsh.");
  return out;
}

std::string FlagTableMarkdown(const Command& command) {
  std::string out = StrCat("## `", command.Path(), "`\n\n", command.help(), "\n");
  for (const auto& [title, flags] : VisibleGroups(command)) {
    if (!title.empty()) StrAppend(&out, "\n### ", title, "\n");
    out += "\n| flag | default | meaning |\n|---|---|---|\n";
    for (const Flag* flag : flags) {
      StrAppend(&out, "| `--", flag->name(), "`", flag->repeatable() ? " …" : "", " | ", Cell(Code(flag->default_text())), " | ",
                Cell(FlagMeaning(*flag)), " |\n");
    }
  }
  for (const auto& child : command.commands()) StrAppend(&out, "\n", FlagTableMarkdown(*child));
  return out;
}

std::string CompletionScript(const Command& root, Shell shell) {
  const std::string name = root.name();
  std::string function = StrCat("_", name, "_complete");
  std::replace(function.begin(), function.end(), '-', '_');
  std::string out = shell == Shell::kZsh ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
  StrAppend(&out, function, "() {\n  local place=\"", name, "\" words=\"\" word\n",
            "  for word in \"${COMP_WORDS[@]:1:$((COMP_CWORD-1))}\"; do\n    case \"$place $word\" in\n");
  AppendPathCases(&out, root);
  out += "    esac\n  done\n  case \"$place\" in\n";
  AppendCompletionCases(&out, root);
  out += "  esac\n  local previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n  [ \"$previous\" = \"=\" ] && "
         "previous=\"${COMP_WORDS[COMP_CWORD-2]}\"\n  case \"$place $previous\" in\n";
  AppendChoiceCases(&out, root);
  StrAppend(&out, "  esac\n  local current=\"${COMP_WORDS[COMP_CWORD]}\"\n  [ \"$current\" = \"=\" ] && current=\"\"\n",
            "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n", "complete -F ", function, " ", name, "\n");
  return out;
}

}  // namespace epi::config
