// Appends protobuf fields to a string. Default values are left out, as proto3 does.
//
// Threads:  none.
// Owns:     nothing; the string is the caller's.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/storeapi/wire_reader.h"

namespace epi::storeapi {

// Size of a length-prefixed field with a one-byte tag (field numbers 1 to 15).
constexpr size_t BytesFieldSize(size_t size) { return 1 + UvarintSize(size) + size; }

// The same into memory that is large enough; they return the end. For fields 1 to 15.
inline char* PutVarint(uint64_t value, char* out) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}
inline char* PutBytesHeader(uint32_t field, size_t size, char* out) {
  *out++ = static_cast<char>(BytesTag(field));
  return PutVarint(size, out);
}
inline char* PutBytes(uint32_t field, std::string_view value, char* out) {
  out = PutBytesHeader(field, value.size(), out);
  std::memcpy(out, value.data(), value.size());
  return out + value.size();
}

class FieldWriter {
 public:
  explicit FieldWriter(std::string* out) : out_(out), bytes_(out) {}

  void Varint(uint32_t field, uint64_t value) {
    if (value == 0) return;
    bytes_.Uvarint(VarintTag(field));
    bytes_.Uvarint(value);
  }
  void Int64(uint32_t field, int64_t value) { Varint(field, static_cast<uint64_t>(value)); }
  void Bool(uint32_t field, bool value) { Varint(field, value ? 1 : 0); }
  // Left out when empty; Message() and Element() are not.
  void Bytes(uint32_t field, std::string_view value) {
    if (!value.empty()) Message(field, value);
  }
  void Message(uint32_t field, std::string_view body) {
    Header(field, body.size());
    out_->append(body);
  }
  void Element(uint32_t field, std::string_view value) { Message(field, value); }
  // Tag and length; the caller appends exactly `size` bytes.
  void Header(uint32_t field, size_t size) {
    bytes_.Uvarint(BytesTag(field));
    bytes_.Uvarint(size);
  }

 private:
  std::string* const out_;
  ByteWriter bytes_;
};

}  // namespace epi::storeapi
