#include "common/base/utf8.h"

#include <cstring>

namespace epi {
namespace {

constexpr char32_t kRuneMax = 0x10FFFF;

constexpr bool IsSurrogate(char32_t rune) { return rune >= 0xD800 && rune <= 0xDFFF; }

// Length of the sequence that `lead` starts, and the bounds of its second byte, which exclude overlong forms,
// surrogates and values above U+10FFFF. Length 0: not a lead byte.
struct Lead {
  uint32_t size;
  uint8_t second_min;
  uint8_t second_max;
};

constexpr Lead ClassifyLead(uint8_t lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2 || lead > 0xF4) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {4, 0x80, 0xBF};
}

}  // namespace

DecodedRune DecodeRune(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const Lead lead = ClassifyLead(byte(0));
  if (lead.size == 1) return {byte(0), 1, true};
  constexpr DecodedRune kIllFormed = {kReplacementRune, 1, false};
  if (lead.size == 0 || text.size() < lead.size) return kIllFormed;
  if (byte(1) < lead.second_min || byte(1) > lead.second_max) return kIllFormed;
  // The lead byte carries 7 - size bits.
  char32_t rune = byte(0) & ((1U << (7 - lead.size)) - 1);
  rune = (rune << 6) | (byte(1) & 0x3FU);
  for (size_t i = 2; i < lead.size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kIllFormed;
    rune = (rune << 6) | (byte(i) & 0x3FU);
  }
  return {rune, lead.size, true};
}

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    if (text.size() >= sizeof(uint64_t)) {
      uint64_t word = 0;
      std::memcpy(&word, text.data(), sizeof(word));
      if ((word & 0x8080808080808080U) == 0) {
        text.remove_prefix(sizeof(word));
        continue;
      }
    }
    const DecodedRune decoded = DecodeRune(text);
    if (!decoded.valid) return false;
    text.remove_prefix(decoded.size);
  }
  return true;
}

void AppendRune(std::string* out, char32_t rune) {
  if (rune > kRuneMax || IsSurrogate(rune)) rune = kReplacementRune;
  const auto put = [out](char32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (rune < 0x80) {
    put(rune);
  } else if (rune < 0x800) {
    put(0xC0 | (rune >> 6));
    put(0x80 | (rune & 0x3F));
  } else if (rune < 0x10000) {
    put(0xE0 | (rune >> 12));
    put(0x80 | ((rune >> 6) & 0x3F));
    put(0x80 | (rune & 0x3F));
  } else {
    put(0xF0 | (rune >> 18));
    put(0x80 | ((rune >> 12) & 0x3F));
    put(0x80 | ((rune >> 6) & 0x3F));
    put(0x80 | (rune & 0x3F));
  }
}

std::string ToValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const DecodedRune decoded = DecodeRune(text);
    AppendRune(&out, decoded.rune);
    text.remove_prefix(decoded.size);
  }
  return out;
}

}  // namespace epi
