#include "common/config/log_flags.h"

namespace epi::config {

void LogFlags::Register(Command* command) {
  command->Add("log.level", "Least severe level that is logged.", &level).Choices({"error", "warn", "info", "debug"});
  command->Add("log.format", "Form of the log lines.", &format).Choices({"logfmt", "json"});
  command->Add("debug.name", "Name to add as prefix to log lines.", &name).Hidden();
}

log::Logger LogFlags::MakeLogger() const {
  const log::Logger logger = log::Logger::ToStderr(
      {log::ParseLevel(level).ValueOr(log::Level::kInfo), log::ParseFormat(format).ValueOr(log::Format::kLogfmt)});
  return name.empty() ? logger : logger.With({{"name", name}});
}

}  // namespace epi::config
