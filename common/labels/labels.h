// Labels: the identity of a series. A sorted set of name=value pairs in one string.
//
// Encoding, for each label in bytewise order of names (Prometheus' "stringlabels", whose XXH64 is the label hash that
// limit_ratio() and sharding are defined on):
//
//   ┌──────────┬──────┬───────────┬───────┐   length: 1 byte below 255, else 0xFF and 3 bytes little-endian
//   │ name len │ name │ value len │ value │
//   └──────────┴──────┴───────────┴───────┘
//
// Contract: names are unique, not empty and ordered; values are not empty (an empty value is a missing label).
//           Labels compares like Prometheus: label by label, name bytes then value bytes, shorter first.
// Threads:  a value.
// Limits:   a name or value is at most 16 MiB - 1 bytes; LabelsBuilder refuses longer ones.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace epi::labels {

inline constexpr std::string_view kMetricName = "__name__";
inline constexpr std::string_view kBucketLabel = "le";
inline constexpr size_t kLabelBytesMax = (1U << 24) - 1;

// One name=value pair as views.
struct Label {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const Label&, const Label&) = default;
};

namespace internal {
// Reads a length-prefixed string of the encoding and advances past it. REQUIRES: well-formed bytes.
inline std::string_view ReadEncodedString(const char** position) {
  const char* p = *position;
  const auto byte = [&p](int i) { return static_cast<size_t>(static_cast<uint8_t>(p[i])); };
  size_t size = byte(0);
  ++p;
  if (size == 0xFF) [[unlikely]] {
    size = byte(0) | (byte(1) << 8) | (byte(2) << 16);
    p += 3;
  }
  *position = p + size;
  return {p, size};
}
}  // namespace internal

class Labels {
 public:
  Labels() = default;
  // For literals in tests and tables; pairs in any order, empty values dropped. REQUIRES: unique names.
  Labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);
  // REQUIRES: sorted by name, unique, no empty value, each at most kLabelBytesMax.
  static Labels FromSorted(std::span<const Label> sorted);
  // Sorts, drops empty values. InvalidArgument on a repeated or empty name or an oversized string.
  static Result<Labels> FromUnsorted(std::vector<Label> pairs);
  // Takes bytes of the encoding above. REQUIRES: well-formed (they came from encoded()).
  static Labels FromEncoded(std::string encoded);

  // Value of `name`; empty when missing.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const { return !Get(name).empty(); }
  std::string_view metric_name() const { return Get(kMetricName); }
  bool empty() const { return data_.empty(); }
  // Number of labels; walks the encoding.
  size_t Count() const;
  std::string_view encoded() const { return data_; }
  // XXH64, seed 0, of encoded().
  uint64_t Hash() const;
  // Copies without (resp. with only) the named labels. `names` need not be sorted.
  Labels Without(std::span<const std::string> names) const;
  Labels Only(std::span<const std::string> names) const;
  Labels WithoutMetricName() const;
  // The same, appended in encoded form: FromEncoded() takes it, and equal label sets have equal bytes.
  void AppendWithout(std::span<const std::string> names, std::string* encoded) const;
  void AppendOnly(std::span<const std::string> names, std::string* encoded) const;
  // A copy in which `label` is added, or takes the place of the one with its name. REQUIRES: as a label of FromSorted().
  Labels With(const Label& label) const;
  // Prometheus' text form: {__name__="up", job="x"} with Go-quoted values; UTF-8 names quoted too.
  std::string ToString() const;
  // metric{a="b"} form, as PromQL prints series: up{job="x"}, {"metric.name", a="b"}.
  std::string ToSeriesString() const;

  class Iterator {
   public:
    using value_type = Label;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(const char* position) : position_(position) {}
    Label operator*() const {
      const char* position = position_;
      const std::string_view name = internal::ReadEncodedString(&position);
      return {name, internal::ReadEncodedString(&position)};
    }
    Iterator& operator++() {
      internal::ReadEncodedString(&position_);
      internal::ReadEncodedString(&position_);
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const char* position_ = nullptr;
  };
  Iterator begin() const { return Iterator(data_.data()); }
  Iterator end() const { return Iterator(data_.data() + data_.size()); }

  friend bool operator==(const Labels&, const Labels&) = default;
  // <0, 0, >0.
  static int Compare(const Labels& a, const Labels& b);
  friend bool operator<(const Labels& a, const Labels& b) { return Compare(a, b) < 0; }

 private:
  std::string data_;
};

// Collects changes to a base set. Set with an empty value deletes; an empty name is ignored.
class LabelsBuilder {
 public:
  LabelsBuilder() = default;
  explicit LabelsBuilder(const Labels& base);
  LabelsBuilder& Set(std::string_view name, std::string_view value);
  LabelsBuilder& Del(std::string_view name);
  // Current value; empty when missing.
  std::string_view Get(std::string_view name) const;
  // REQUIRES: names and values within kLabelBytesMax (longer ones are cut off by nobody: check before).
  Labels Build() const;
  void Reset(const Labels& base);

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

struct LabelsHash {
  size_t operator()(const Labels& labels) const { return labels.Hash(); }
};

}  // namespace epi::labels
