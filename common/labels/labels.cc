#include "common/labels/labels.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/labels/name.h"

namespace epi::labels {
namespace {

size_t EncodedSize(std::string_view text) { return text.size() + (text.size() < 0xFF ? 1 : 4); }
size_t EncodedSize(const Label& label) { return EncodedSize(label.name) + EncodedSize(label.value); }

// Both write into memory that is large enough, and return the end.
char* PutEncoded(std::string_view text, char* out) {
  const size_t size = text.size();
  CHECK(size <= kLabelBytesMax);
  if (size < 0xFF) {
    *out++ = static_cast<char>(size);
  } else {
    for (const size_t byte : {size_t{0xFF}, size & 0xFF, (size >> 8) & 0xFF, size >> 16}) *out++ = static_cast<char>(byte);
  }
  std::memcpy(out, text.data(), size);
  return out + size;
}
char* PutEncoded(const Label& label, char* out) { return PutEncoded(label.value, PutEncoded(label.name, out)); }

bool NameLess(const Label& a, const Label& b) { return a.name < b.name; }

int Sign(int comparison) { return comparison < 0 ? -1 : (comparison > 0 ? 1 : 0); }

// Position of the first difference; the shorter size when one is a prefix of the other.
size_t FirstDifference(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  size_t position = 0;
  for (; position + sizeof(uint64_t) <= size; position += sizeof(uint64_t)) {
    uint64_t left = 0;
    uint64_t right = 0;
    std::memcpy(&left, a.data() + position, sizeof(left));
    std::memcpy(&right, b.data() + position, sizeof(right));
    if (left != right) break;
  }
  while (position < size && a[position] == b[position]) ++position;
  return position;
}

// Copies the labels that `keep` accepts, byte for byte.
template <typename Keep>
void AppendFiltered(std::string_view encoded, Keep keep, std::string* out) {
  const char* position = encoded.data();
  const char* const end = position + encoded.size();
  while (position != end) {
    const char* const start = position;
    const std::string_view name = internal::ReadEncodedString(&position);
    internal::ReadEncodedString(&position);
    if (keep(name)) out->append(start, position);
  }
}

bool IsOneOf(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void AppendPair(std::string* out, const Label& label) {
  if (IsLegacyLabelName(label.name)) {
    out->append(label.name);
  } else {
    AppendGoQuoted(out, label.name);
  }
  out->push_back('=');
  AppendGoQuoted(out, label.value);
}

}  // namespace

Labels::Labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::vector<Label> labels;
  for (const auto& [name, value] : pairs) labels.push_back({name, value});
  Result<Labels> made = FromUnsorted(std::move(labels));
  CHECK(made.ok());
  data_ = std::move(made->data_);
}

Labels Labels::FromSorted(std::span<const Label> sorted) {
  size_t size = 0;
  for (const Label& label : sorted) size += EncodedSize(label);
  Labels labels;
  labels.data_.resize(size);
  char* out = labels.data_.data();
  for (const Label& label : sorted) out = PutEncoded(label, out);
  return labels;
}

Result<Labels> Labels::FromUnsorted(std::vector<Label> pairs) {
  if (!std::is_sorted(pairs.begin(), pairs.end(), NameLess)) std::sort(pairs.begin(), pairs.end(), NameLess);
  for (size_t i = 0; i < pairs.size(); ++i) {
    const Label& label = pairs[i];
    if (label.name.empty()) return InvalidArgumentError("label with an empty name");
    if (i > 0 && pairs[i - 1].name == label.name) {
      return InvalidArgumentError(StrCat("label name ", GoQuote(label.name.substr(0, 256)), " is not unique"));
    }
    if (label.name.size() > kLabelBytesMax || label.value.size() > kLabelBytesMax) {
      return InvalidArgumentError(StrCat("label ", GoQuote(label.name.substr(0, 256)), " exceeds ", kLabelBytesMax, " bytes"));
    }
  }
  std::erase_if(pairs, [](const Label& label) { return label.value.empty(); });
  return FromSorted(pairs);
}

Labels Labels::FromEncoded(std::string encoded) {
  Labels labels;
  labels.data_ = std::move(encoded);
  return labels;
}

std::string_view Labels::Get(std::string_view name) const {
  if (name.empty()) return {};
  const char* position = data_.data();
  const char* const end = position + data_.size();
  while (position != end) {
    const std::string_view candidate = internal::ReadEncodedString(&position);
    const std::string_view value = internal::ReadEncodedString(&position);
    if (candidate == name) return value;
    // Names are ordered by unsigned bytes: past the first letter there is nothing more to find.
    if (static_cast<uint8_t>(candidate[0]) > static_cast<uint8_t>(name[0])) return {};
  }
  return {};
}

size_t Labels::Count() const { return static_cast<size_t>(std::distance(begin(), end())); }

uint64_t Labels::Hash() const { return XXH64(data_.data(), data_.size(), 0); }

Labels Labels::Without(std::span<const std::string> names) const {
  std::string encoded;
  encoded.reserve(data_.size());
  AppendWithout(names, &encoded);
  return FromEncoded(std::move(encoded));
}

Labels Labels::Only(std::span<const std::string> names) const {
  std::string encoded;
  AppendOnly(names, &encoded);
  return FromEncoded(std::move(encoded));
}

Labels Labels::With(const Label& label) const {
  const char* const begin = data_.data();
  const char* const end = begin + data_.size();
  const char* place = begin;  // The label goes here; what lies between here and `rest` is replaced.
  const char* rest = begin;
  while (rest != end) {
    const char* position = rest;
    const std::string_view name = internal::ReadEncodedString(&position);
    if (name > label.name) break;
    internal::ReadEncodedString(&position);
    rest = position;
    if (name == label.name) break;
    place = rest;
  }
  Labels labels;
  labels.data_.resize(data_.size() - static_cast<size_t>(rest - place) + EncodedSize(label));
  char* const out = std::copy(begin, place, labels.data_.data());
  std::copy(rest, end, PutEncoded(label, out));
  return labels;
}

Labels Labels::WithoutMetricName() const {
  std::string encoded;
  encoded.reserve(data_.size());
  AppendFiltered(data_, [](std::string_view name) { return name != kMetricName; }, &encoded);
  return FromEncoded(std::move(encoded));
}

void Labels::AppendWithout(std::span<const std::string> names, std::string* encoded) const {
  AppendFiltered(data_, [names](std::string_view name) { return !IsOneOf(names, name); }, encoded);
}

void Labels::AppendOnly(std::span<const std::string> names, std::string* encoded) const {
  AppendFiltered(data_, [names](std::string_view name) { return IsOneOf(names, name); }, encoded);
}

std::string Labels::ToString() const {
  std::string out = "{";
  for (const Label label : *this) {
    if (out.size() > 1) out += ", ";
    AppendPair(&out, label);
  }
  out += '}';
  return out;
}

std::string Labels::ToSeriesString() const {
  const std::string_view metric = metric_name();
  const bool bare = IsLegacyMetricName(metric);
  std::string inside;
  if (!metric.empty() && !bare) AppendGoQuoted(&inside, metric);
  for (const Label label : *this) {
    if (label.name == kMetricName) continue;
    if (!inside.empty()) inside += ", ";
    AppendPair(&inside, label);
  }
  if (bare && inside.empty()) return std::string(metric);
  return StrCat(bare ? metric : std::string_view(), "{", inside, "}");
}

int Labels::Compare(const Labels& a, const Labels& b) {
  const size_t difference = FirstDifference(a.data_, b.data_);
  if (difference == a.data_.size() || difference == b.data_.size()) {
    // One is a prefix of the other, and labels are whole: fewer labels come first.
    return Sign(static_cast<int>(a.data_.size() > b.data_.size()) - static_cast<int>(a.data_.size() < b.data_.size()));
  }
  // All labels before the one that holds the difference are equal: compare there, as text and not as lengths.
  const char* const limit = a.data_.data() + difference;
  const char* position = a.data_.data();
  const char* start = position;
  while (position <= limit) {
    start = position;
    internal::ReadEncodedString(&position);
    internal::ReadEncodedString(&position);
  }
  const Label left = *Iterator(start);
  const Label right = *Iterator(b.data_.data() + (start - a.data_.data()));
  const int by_name = left.name.compare(right.name);
  return Sign(by_name != 0 ? by_name : left.value.compare(right.value));
}

LabelsBuilder::LabelsBuilder(const Labels& base) { Reset(base); }

void LabelsBuilder::Reset(const Labels& base) {
  pairs_.clear();
  for (const Label label : base) pairs_.emplace_back(label.name, label.value);
}

namespace {

// Where `name` is or would be; `pairs` is ordered by name.
template <typename Pairs>
auto LowerBound(Pairs& pairs, std::string_view name) {
  return std::lower_bound(pairs.begin(), pairs.end(), name,
                          [](const auto& pair, std::string_view wanted) { return pair.first < wanted; });
}

}  // namespace

LabelsBuilder& LabelsBuilder::Set(std::string_view name, std::string_view value) {
  if (value.empty() || name.empty()) return Del(name);
  const auto found = LowerBound(pairs_, name);
  if (found != pairs_.end() && found->first == name) {
    found->second.assign(value);
  } else {
    pairs_.emplace(found, name, value);
  }
  return *this;
}

LabelsBuilder& LabelsBuilder::Del(std::string_view name) {
  const auto found = LowerBound(pairs_, name);
  if (found != pairs_.end() && found->first == name) pairs_.erase(found);
  return *this;
}

std::string_view LabelsBuilder::Get(std::string_view name) const {
  const auto found = LowerBound(pairs_, name);
  return found != pairs_.end() && found->first == name ? std::string_view(found->second) : std::string_view();
}

Labels LabelsBuilder::Build() const {
  size_t size = 0;
  for (const auto& [name, value] : pairs_) size += EncodedSize({name, value});
  std::string encoded(size, '\0');
  char* out = encoded.data();
  for (const auto& [name, value] : pairs_) out = PutEncoded({name, value}, out);
  return Labels::FromEncoded(std::move(encoded));
}

}  // namespace epi::labels
