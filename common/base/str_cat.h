// StrCat("open ", path, ": ", errno_value): joins strings and numbers without streams or formats.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace epi {
namespace internal {

inline void StrAppendOne(std::string* out, std::string_view text) { out->append(text); }
inline void StrAppendOne(std::string* out, char c) { out->push_back(c); }
// A template, so that a string literal does not decay into it.
template <std::same_as<bool> T>
void StrAppendOne(std::string* out, T value) {
  out->append(value ? "true" : "false");
}
template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>)
void StrAppendOne(std::string* out, T value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  out->append(buffer, static_cast<size_t>(end - buffer));
}
// Shortest form that reads back as the same double; for messages. Prometheus' formats are in base/go_float.h.
inline void StrAppendOne(std::string* out, double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  out->append(buffer, static_cast<size_t>(end - buffer));
}

}  // namespace internal

template <typename... Args>
void StrAppend(std::string* out, const Args&... args) {
  (internal::StrAppendOne(out, args), ...);
}

template <typename... Args>
std::string StrCat(const Args&... args) {
  std::string out;
  StrAppend(&out, args...);
  return out;
}

}  // namespace epi
