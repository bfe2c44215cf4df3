// Texts made from the flags themselves: help, the table of the documentation, shell completion.
#pragma once

#include <cstdint>
#include <string>

#include "common/config/flags.h"

namespace epi::config {

// Usage, commands and flags by group, at most 100 columns wide.
std::string HelpText(const Command& command);

// One table per group: flag, default, meaning; the same for commands below. Generated into docs.
std::string FlagTableMarkdown(const Command& command);

enum class Shell : uint8_t { kBash, kZsh };
// A script to be sourced; completes commands, flags and choices.
std::string CompletionScript(const Command& root, Shell shell);

}  // namespace epi::config
