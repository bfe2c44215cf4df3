// What a flag can hold: the binding between a C++ variable and text on a command line.
//
// Contract: the variable's value before parsing is the default. std::optional<T> has none; std::vector<T> takes the flag
//           repeatedly, and what is given replaces its default.
// Owns:     nothing; the variable must outlive the binding.
// Errors:   Set() returns InvalidArgument that says what would be right, without the flag's name.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/byte_size.h"
#include "common/base/duration.h"
#include "common/base/status.h"
#include "common/base/str_cat.h"

namespace epi::config {

Status ParseFlagValue(std::string_view text, std::string* out);
// "true", "false".
Status ParseFlagValue(std::string_view text, bool* out);
Status ParseFlagValue(std::string_view text, int* out);
Status ParseFlagValue(std::string_view text, int64_t* out);
Status ParseFlagValue(std::string_view text, uint32_t* out);
Status ParseFlagValue(std::string_view text, uint64_t* out);
Status ParseFlagValue(std::string_view text, double* out);
// Prometheus' grammar, then Go's: 1d, 2h30m, 1.5h, -6h.
Status ParseFlagValue(std::string_view text, std::chrono::milliseconds* out);
Status ParseFlagValue(std::string_view text, ByteSize* out);
Status ParseFlagValue(std::string_view text, TimeOrOffset* out);

std::string FormatFlagValue(const std::string& value);
std::string FormatFlagValue(bool value);
std::string FormatFlagValue(double value);
std::string FormatFlagValue(std::chrono::milliseconds value);
std::string FormatFlagValue(ByteSize value);
std::string FormatFlagValue(const TimeOrOffset& value);
template <std::integral T>
  requires(!std::same_as<T, bool>)
std::string FormatFlagValue(T value) {
  return StrCat(value);
}

// What the value is called in help: "duration", "size", ….
std::string_view FlagTypeName(const std::string*);
std::string_view FlagTypeName(const bool*);
std::string_view FlagTypeName(const double*);
std::string_view FlagTypeName(const std::chrono::milliseconds*);
std::string_view FlagTypeName(const ByteSize*);
std::string_view FlagTypeName(const TimeOrOffset*);
template <std::integral T>
  requires(!std::same_as<T, bool>)
std::string_view FlagTypeName(const T*) {
  return "number";
}

struct FlagBinding {
  std::function<Status(std::string_view text)> set;
  // Present value as text; empty for an optional or a list without value.
  std::function<std::string()> get;
  std::string type_name;
  bool is_bool = false;
  bool repeatable = false;
};

template <typename T>
FlagBinding BindFlag(T* target) {
  return {[target](std::string_view text) { return ParseFlagValue(text, target); },
          [target] { return FormatFlagValue(*target); }, std::string(FlagTypeName(target)), std::is_same_v<T, bool>, false};
}

template <typename T>
FlagBinding BindFlag(std::optional<T>* target) {
  const auto set = [target](std::string_view text) -> Status {
    if (!target->has_value()) target->emplace();
    return ParseFlagValue(text, &**target);
  };
  const auto get = [target] { return target->has_value() ? FormatFlagValue(**target) : std::string(); };
  return {set, get, std::string(FlagTypeName(static_cast<T*>(nullptr))), std::is_same_v<T, bool>, false};
}

// REQUIRES of T for lists and optionals: default constructible.
template <typename T>
FlagBinding BindFlag(std::vector<T>* target) {
  const auto given = std::make_shared<bool>(false);
  const auto set = [target, given](std::string_view text) -> Status {
    if (!std::exchange(*given, true)) target->clear();
    T value{};
    RETURN_IF_ERROR(ParseFlagValue(text, &value));
    target->push_back(std::move(value));
    return {};
  };
  const auto get = [target] {
    std::string out;
    for (const T& value : *target) StrAppend(&out, out.empty() ? "" : ", ", FormatFlagValue(value));
    return out;
  };
  return {set, get, std::string(FlagTypeName(static_cast<T*>(nullptr))), false, true};
}

}  // namespace epi::config
