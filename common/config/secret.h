// Secret: text that is never printed. There is no conversion to a string, a log field or JSON; Reveal() is easy to find.
#pragma once

#include <string>
#include <utility>

#include "common/config/yaml.h"

namespace epi::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  bool empty() const { return text_.empty(); }
  const std::string& Reveal() const { return text_; }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

inline Status DecodeYaml(const YamlNode& node, Secret* out) {
  std::string text;
  RETURN_IF_ERROR(DecodeYaml(node, &text));
  *out = Secret(std::move(text));
  return {};
}

}  // namespace epi::config
