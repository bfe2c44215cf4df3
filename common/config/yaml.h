// Strict YAML: a tree of our own nodes that remember where they stand, and decoding with no key left unread.
//
//   Status DecodeYaml(const YamlNode& node, BucketConfig* out) {
//     YamlFields fields(node);
//     fields.Required("bucket", &out->bucket);
//     fields.Field("insecure", &out->insecure);
//     return fields.Finish();     // objstore.yaml:7: unknown key "acess_key", did you mean "access_key"?
//   }
//   const YamlNode root = TRY(YamlNode::Parse(text, "objstore.yaml"));
//   RETURN_IF_ERROR(DecodeYaml(root, &config));
//
// Contract: one document; anchors and merge keys (<<) are resolved; a repeated key is an error. A null leaves the default.
// Threads:  nodes are values; const methods are safe.
// Errors:   InvalidArgument "source:line: …".
// Limits:   kYamlBytesMax, kYamlNodesMax (aliases counted as what they stand for), kYamlDepthMax.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/config/flag_value.h"

namespace epi::config {

inline constexpr size_t kYamlBytesMax = 8 << 20;
inline constexpr size_t kYamlNodesMax = 500'000;
inline constexpr size_t kYamlDepthMax = 64;

struct YamlEntry;

class YamlNode {
 public:
  enum class Kind : uint8_t { kNull, kScalar, kList, kMap };

  // `source` names the text in errors: a path, or a flag. An empty text is a null node.
  static Result<YamlNode> Parse(std::string_view text, std::string source);

  YamlNode() = default;
  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  // "null", "text", "a list", "a map".
  std::string_view KindText() const;
  // Scalars: the text, and whether it was quoted (then it is text even if it looks like a number).
  const std::string& text() const { return text_; }
  bool quoted() const { return quoted_; }
  const std::vector<YamlNode>& items() const { return items_; }
  const std::vector<YamlEntry>& entries() const { return entries_; }
  // Value of a key of a map; null when missing.
  const YamlNode* Find(std::string_view key) const;
  // From 1.
  int line() const { return line_; }
  int column() const { return column_; }
  // InvalidArgument "source:line: message".
  Status Error(std::string_view message) const { return ErrorAt(line_, message); }
  Status ErrorAt(int line, std::string_view message) const;

 private:
  friend class YamlBuilder;
  Kind kind_ = Kind::kNull;
  bool quoted_ = false;
  int line_ = 0;
  int column_ = 0;
  std::string text_;
  std::vector<YamlNode> items_;
  std::vector<YamlEntry> entries_;
  std::shared_ptr<const std::string> source_;
};

struct YamlEntry {
  std::string key;
  int line = 0;
  YamlNode value;
};

// true/false, yes/no, on/off.
Status DecodeYaml(const YamlNode& node, bool* out);
Status DecodeYaml(const YamlNode& node, std::string* out);
// Takes the node as it is, for structures that decide later.
Status DecodeYaml(const YamlNode& node, YamlNode* out);

// Everything a flag can hold: numbers, durations, sizes, times.
template <typename T>
  requires requires(std::string_view text, T* out) { ParseFlagValue(text, out); }
Status DecodeYaml(const YamlNode& node, T* out) {
  if (node.kind() != YamlNode::Kind::kScalar) return node.Error(StrCat("expected a value, got ", node.KindText()));
  if (Status status = ParseFlagValue(node.text(), out); !status.ok()) return node.Error(status.message());
  return {};
}

template <typename T>
Status DecodeYaml(const YamlNode& node, std::optional<T>* out) {
  return DecodeYaml(node, &out->emplace());
}

template <typename T>
Status DecodeYaml(const YamlNode& node, std::vector<T>* out) {
  if (node.kind() != YamlNode::Kind::kList) return node.Error(StrCat("expected a list, got ", node.KindText()));
  out->clear();
  for (const YamlNode& item : node.items()) RETURN_IF_ERROR(DecodeYaml(item, &out->emplace_back()));
  return {};
}

template <typename T>
Status DecodeYaml(const YamlNode& node, std::map<std::string, T>* out) {
  if (node.kind() != YamlNode::Kind::kMap) return node.Error(StrCat("expected a map, got ", node.KindText()));
  out->clear();
  for (const YamlEntry& entry : node.entries()) RETURN_IF_ERROR(DecodeYaml(entry.value, &(*out)[entry.key]));
  return {};
}

// Reads a map key by key. The first error wins and is what Finish() returns.
class YamlFields {
 public:
  // A null node has no keys; anything but a map is an error.
  explicit YamlFields(const YamlNode& node);

  // Leaves `out` as it is when the key is missing or null.
  template <typename T>
  YamlFields& Field(std::string_view key, T* out) {
    const YamlNode* const value = Take(key);
    if (value != nullptr && !value->is_null() && status_.ok()) status_ = DecodeYaml(*value, out);
    return *this;
  }
  template <typename T>
  YamlFields& Required(std::string_view key, T* out) {
    const YamlNode* const value = Take(key);
    if ((value == nullptr || value->is_null()) && status_.ok()) status_ = node_.Error(StrCat("missing key \"", key, "\""));
    return value == nullptr ? *this : Field(key, out);
  }
  // A key that is read by someone else, or has no effect.
  YamlFields& Ignore(std::string_view key) {
    Take(key);
    return *this;
  }
  // The error of the first bad value, else of the first unknown key.
  Status Finish() const;

 private:
  const YamlNode* Take(std::string_view key);

  const YamlNode& node_;
  Status status_;
  std::vector<std::string> known_;
};

}  // namespace epi::config
