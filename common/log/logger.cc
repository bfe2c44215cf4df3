#include "common/log/logger.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <mutex>

#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/log/line.h"

namespace epi::log {
namespace {

class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(std::function<void(std::string_view)> function) : function_(std::move(function)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    function_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

 private:
  const std::function<void(std::string_view)> function_;
};

// Writes the payload as it is; the line carries its own newline.
class PlainFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    out.append(message.payload.data(), message.payload.data() + message.payload.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<PlainFormatter>(); }
};

std::string Timestamp() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  std::string out;
  AppendRfc3339Nano(&out, ns / 1'000'000'000, static_cast<int>(ns % 1'000'000'000));
  return out;
}

std::string Caller(const Location& where) {
  std::string_view file = where.file;
  file.remove_prefix(file.rfind('/') + 1);
  return StrCat(file, ":", where.line);
}

}  // namespace

class Logger::Sink {
 public:
  explicit Sink(std::shared_ptr<spdlog::sinks::sink> sink) : sink_(std::move(sink)) {
    sink_->set_formatter(std::make_unique<PlainFormatter>());
  }
  // A full disk behind stderr must not end the process.
  void Write(std::string_view line) {
    try {
      sink_->log({"", spdlog::level::info, {line.data(), line.size()}});
      sink_->flush();
    } catch (const std::exception&) {
      return;
    }
  }

 private:
  const std::shared_ptr<spdlog::sinks::sink> sink_;
};

std::string_view LevelText(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarn: return "warn";
    case Level::kError: return "error";
  }
  return "unknown";
}

Result<Level> ParseLevel(std::string_view text) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarn, Level::kError}) {
    if (text == LevelText(level)) return level;
  }
  return InvalidArgumentError(StrCat("log level must be debug, info, warn or error, not \"", text, "\""));
}

Result<Format> ParseFormat(std::string_view text) {
  if (text == "logfmt") return Format::kLogfmt;
  if (text == "json") return Format::kJson;
  return InvalidArgumentError(StrCat("log format must be logfmt or json, not \"", text, "\""));
}

Logger::Logger(Level level, Format format, std::shared_ptr<Sink> sink)
    : level_(level), format_(format), sink_(std::move(sink)) {}

Logger Logger::ToStderr(const Options& options) {
  return {options.level, options.format, std::make_shared<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>())};
}

Logger Logger::ToFunction(const Options& options, std::function<void(std::string_view)> sink) {
  return {options.level, options.format, std::make_shared<Sink>(std::make_shared<FunctionSink>(std::move(sink)))};
}

Logger Logger::Discard() {
  return ToFunction({Level::kError, Format::kLogfmt}, [](std::string_view) {});
}

Logger Logger::With(Fields fields) const {
  Logger child = *this;
  LineWriter line(format_, &child.context_);
  for (const Field& field : fields) line.Add(field);
  return child;
}

void Logger::Write(Level level, std::string_view message, Fields fields, const Location& where) const {
  const std::string timestamp = Timestamp();
  const std::string caller = Caller(where);
  std::string text;
  LineWriter line(format_, &text);
  line.Begin();
  line.Add({"ts", timestamp});
  line.Add({"caller", caller});
  line.Add({"level", LevelText(level)});
  line.AddRendered(context_);
  line.Add({"msg", message});
  for (const Field& field : fields) line.Add(field);
  line.End();
  sink_->Write(text);
}

}  // namespace epi::log
