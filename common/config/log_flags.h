// --log.level and --log.format.
#pragma once

#include <string>

#include "common/base/status.h"
#include "common/config/flags.h"
#include "common/log/logger.h"

namespace epi::config {

struct LogFlags {
  std::string level = "info";
  std::string format = "logfmt";
  std::string name;

  void Register(Command* command);
  // A logger to stderr. REQUIRES: the command line was parsed (choices are checked there).
  log::Logger MakeLogger() const;
};

}  // namespace epi::config
