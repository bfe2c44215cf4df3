// Logger: one line per event, logfmt or JSON, as Thanos writes them.
//
//   const log::Logger logger = root.With({{"component", "shipper"}});
//   logger.Info("uploaded block", {{"id", id.ToString()}, {"bytes", size}});
//
//   ts=2026-11-25T04:02:38.123456Z caller=shipper.cc:41 level=info component=shipper msg="uploaded block" id=01M… bytes=42
//
// Contract: keys are ts, caller, level, the logger's own fields, msg, the call's fields. A level that is off costs one
//           comparison. Secrets have no printable form, and are never fields.
// Threads:  safe from any thread; lines are written whole.
// Owns:     copies share the sink.
// Limits:   kLineBytesMax per line; a longer one is cut and says so.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "common/base/status.h"

namespace epi::log {

inline constexpr size_t kLineBytesMax = 64 << 10;

enum class Level : uint8_t { kDebug, kInfo, kWarn, kError };
enum class Format : uint8_t { kLogfmt, kJson };

// "debug" "info" "warn" "error"; "logfmt" "json".
std::string_view LevelText(Level level);
Result<Level> ParseLevel(std::string_view text);
Result<Format> ParseFormat(std::string_view text);

// A value of a field; views live as long as the call.
class FieldValue {
 public:
  FieldValue(std::string_view text) : value_(text) {}     // NOLINT(google-explicit-constructor)
  FieldValue(const char* text) : value_(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  FieldValue(const std::string& text) : value_(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  // The error's text.
  FieldValue(const Status& status) : value_(status.message()) {}  // NOLINT(google-explicit-constructor)
  FieldValue(bool value) : value_(value) {}    // NOLINT(google-explicit-constructor)
  FieldValue(double value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  FieldValue(T value) {  // NOLINT(google-explicit-constructor)
    if constexpr (std::is_signed_v<T>) {
      value_ = static_cast<int64_t>(value);
    } else {
      value_ = static_cast<uint64_t>(value);
    }
  }
  const std::variant<std::string_view, bool, int64_t, uint64_t, double>& value() const { return value_; }

 private:
  std::variant<std::string_view, bool, int64_t, uint64_t, double> value_;
};

struct Field {
  std::string_view key;
  FieldValue value;
};
using Fields = std::initializer_list<Field>;

// Where a line was written. (clang 14 lacks std::source_location.)
struct Location {
  const char* file;
  int line;
  static constexpr Location Current(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

class Logger {
 public:
  struct Options {
    Level level = Level::kInfo;
    Format format = Format::kLogfmt;
  };
  // Writes to stderr.
  static Logger ToStderr(const Options& options);
  // Gives each line, with its newline, to `sink` (one call at a time). For tests.
  static Logger ToFunction(const Options& options, std::function<void(std::string_view line)> sink);
  // Drops everything.
  static Logger Discard();

  // A logger whose lines also carry `fields`.
  Logger With(Fields fields) const;
  bool Enabled(Level level) const { return level >= level_; }

  void Debug(std::string_view message, Fields fields = {}, Location where = Location::Current()) const {
    if (Enabled(Level::kDebug)) Write(Level::kDebug, message, fields, where);
  }
  void Info(std::string_view message, Fields fields = {}, Location where = Location::Current()) const {
    if (Enabled(Level::kInfo)) Write(Level::kInfo, message, fields, where);
  }
  void Warn(std::string_view message, Fields fields = {}, Location where = Location::Current()) const {
    if (Enabled(Level::kWarn)) Write(Level::kWarn, message, fields, where);
  }
  void Error(std::string_view message, Fields fields = {}, Location where = Location::Current()) const {
    if (Enabled(Level::kError)) Write(Level::kError, message, fields, where);
  }

 private:
  class Sink;
  Logger(Level level, Format format, std::shared_ptr<Sink> sink);
  void Write(Level level, std::string_view message, Fields fields, const Location& where) const;

  Level level_;
  Format format_;
  std::shared_ptr<Sink> sink_;
  // The logger's own fields, already in `format_`.
  std::string context_;
};

}  // namespace epi::log
