#include "common/rpc/metadata.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace epi::rpc {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool Reserved(std::string_view key) {
  return key.empty() || key.front() == ':' || key.starts_with("grpc-") || key == "content-type" || key == "te" ||
         key == "user-agent" || key == "connection" || key == "host";
}
bool KeyValid(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}
bool ValueValid(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}
bool Binary(std::string_view key) { return key.ends_with("-bin"); }

}  // namespace

std::string Base64Encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? static_cast<uint8_t>(bytes[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k) out.push_back(k <= count ? kAlphabet[group >> (18 - 6 * k) & 63] : '=');
  }
  return out;
}

bool Base64Decode(std::string_view text, std::string* out) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return false;
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return false;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    out->push_back(static_cast<char>(bits >> bit_count & 0xff));
  }
  return true;
}

Metadata MetadataFromFields(http::HeaderFields fields) {
  Metadata out;
  for (http::HeaderField& field : fields) {
    if (Reserved(field.name)) continue;
    if (Binary(field.name)) {
      std::string bytes;
      if (!Base64Decode(field.value, &bytes)) continue;
      field.value = std::move(bytes);
    }
    out.push_back(std::move(field));
  }
  return out;
}

void AppendMetadata(const Metadata& metadata, http::HeaderFields* fields) {
  for (const http::HeaderField& field : metadata) {
    if (Reserved(field.name) || !KeyValid(field.name)) continue;
    if (Binary(field.name)) {
      fields->push_back({field.name, Base64Encode(field.value), field.sensitive});
    } else if (ValueValid(field.value)) {
      fields->push_back(field);
    }
  }
}

}  // namespace epi::rpc
