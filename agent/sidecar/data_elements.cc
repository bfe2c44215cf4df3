#include "agent/sidecar/data_elements.h"

#include <utility>

namespace epi::agent {
namespace {

constexpr std::string_view kData = "\"data\":";

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// True when `text` ends with "data": at any spacing around the colon.
bool EndsWithDataKey(std::string_view text) {
  for (size_t left = kData.size(); left > 0;) {
    if (text.empty()) return false;
    const char c = text.back();
    text.remove_suffix(1);
    if (c == kData[left - 1]) {
      --left;
    } else if (!IsSpace(c) || left < kData.size() - 1) {
      return false;
    }
  }
  return true;
}

}  // namespace

size_t DataElements::Step(std::string_view bytes, size_t at) {
  if (escaped_) {
    escaped_ = false;
    return at + 1;
  }
  if (in_string_) {
    while (at < bytes.size() && bytes[at] != '"' && bytes[at] != '\\') ++at;
    if (at == bytes.size()) return at;
    escaped_ = bytes[at] == '\\';
    in_string_ = escaped_;
    return at + 1;
  }
  const char c = bytes[at];
  if (c == '"') in_string_ = true;
  if (c == '{' || c == '[') ++depth_;
  if (c == '}' || c == ']') --depth_;
  return at + 1;
}

Result<size_t> DataElements::ReadOutside(std::string_view bytes, size_t at) {
  const size_t begin = at;
  while (at < bytes.size()) {
    const bool list = !in_string_ && depth_ == 1 && bytes[at] == '[';
    if (list) {
      rest_.append(bytes.substr(begin, at - begin));
      const bool data = EndsWithDataKey(rest_);
      at = Step(bytes, at);
      rest_ += '[';
      if (data) place_ = Place::kList;
      return at;
    }
    at = Step(bytes, at);
  }
  rest_.append(bytes.substr(begin));
  if (rest_.size() > kRestBytesMax) return DataLossError("answer is too large around its data");
  return at;
}

Result<size_t> DataElements::ReadList(std::string_view bytes, size_t at) {
  const char c = bytes[at];
  if (c == ',' || IsSpace(c)) return at + 1;
  if (c == ']') {
    place_ = Place::kOutside;
    return at;
  }
  place_ = Place::kElement;
  depth_ = 0;
  return at;
}

Result<size_t> DataElements::ReadElement(std::string_view bytes, size_t at) {
  const size_t begin = at;
  do {
    at = Step(bytes, at);
  } while (at < bytes.size() && (depth_ > 0 || in_string_ || escaped_));
  const std::string_view part = bytes.substr(begin, at - begin);
  const bool whole = depth_ <= 0 && !in_string_;
  if (element_.size() + part.size() > kElementBytesMax) return DataLossError("an element of the answer's data is too large");
  if (!whole || !element_.empty()) element_ += part;
  if (!whole) return at;
  place_ = Place::kList;
  // The list and the document around it.
  depth_ = 2;
  RETURN_IF_ERROR(sink_(element_.empty() ? part : std::string_view(element_)));
  element_.clear();
  return at;
}

Status DataElements::Feed(std::string_view bytes) {
  for (size_t at = 0; at < bytes.size();) {
    switch (place_) {
      case Place::kOutside: at = TRY(ReadOutside(bytes, at)); break;
      case Place::kList: at = TRY(ReadList(bytes, at)); break;
      case Place::kElement: at = TRY(ReadElement(bytes, at)); break;
    }
  }
  return OkStatus();
}

}  // namespace epi::agent
