#include "common/config/yaml.h"

#include <algorithm>

#include "common/base/edit_distance.h"
#include "common/base/go_quote.h"

namespace epi::config {

std::string_view YamlNode::KindText() const {
  switch (kind_) {
    case Kind::kNull: return "null";
    case Kind::kScalar: return "text";
    case Kind::kList: return "a list";
    case Kind::kMap: return "a map";
  }
  return "unknown";
}

const YamlNode* YamlNode::Find(std::string_view key) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [key](const YamlEntry& entry) { return entry.key == key; });
  return found == entries_.end() ? nullptr : &found->value;
}

Status YamlNode::ErrorAt(int line, std::string_view message) const {
  if (source_ == nullptr) return InvalidArgumentError(std::string(message));
  return InvalidArgumentError(StrCat(*source_, ":", line, ": ", message));
}

Status DecodeYaml(const YamlNode& node, bool* out) {
  static constexpr std::string_view kTrue[] = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
  static constexpr std::string_view kFalse[] = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
  const bool scalar = node.kind() == YamlNode::Kind::kScalar;
  if (scalar && std::find(std::begin(kTrue), std::end(kTrue), node.text()) != std::end(kTrue)) {
    *out = true;
    return {};
  }
  if (scalar && std::find(std::begin(kFalse), std::end(kFalse), node.text()) != std::end(kFalse)) {
    *out = false;
    return {};
  }
  return node.Error(StrCat("expected true or false, got ", scalar ? GoQuote(node.text().substr(0, 64)) : node.KindText()));
}

Status DecodeYaml(const YamlNode& node, std::string* out) {
  if (node.is_null()) {
    out->clear();
    return {};
  }
  if (node.kind() != YamlNode::Kind::kScalar) return node.Error(StrCat("expected text, got ", node.KindText()));
  *out = node.text();
  return {};
}

Status DecodeYaml(const YamlNode& node, YamlNode* out) {
  *out = node;
  return {};
}

YamlFields::YamlFields(const YamlNode& node) : node_(node) {
  if (node.kind() != YamlNode::Kind::kMap && !node.is_null()) {
    status_ = node.Error(StrCat("expected a map, got ", node.KindText()));
  }
}

const YamlNode* YamlFields::Take(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return node_.Find(key);
}

Status YamlFields::Finish() const {
  if (!status_.ok()) return status_;
  for (const YamlEntry& entry : node_.entries()) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    return node_.ErrorAt(entry.line, StrCat("unknown key ", GoQuote(entry.key.substr(0, 64)), DidYouMean(entry.key, known_)));
  }
  return {};
}

}  // namespace epi::config
