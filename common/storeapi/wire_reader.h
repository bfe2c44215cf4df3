// Walks the fields of one protobuf message without copying it.
//
//   FieldReader fields(message);
//   while (const uint32_t tag = fields.Next()) {
//     if (tag == BytesTag(1)) name = fields.bytes();
//     if (tag == VarintTag(2)) count = fields.varint();
//   }
//   if (!fields.ok()) return …;
//
// Contract: Next() reads a whole field, so fields nobody asks for (unknown ones, or known ones of another wire type) are
//           skipped by calling Next() again. It returns 0 at the end and at the first malformed byte: ok() tells which.
// Threads:  none; a value.
// Owns:     nothing; bytes() is a view into the message.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace epi::storeapi {

inline constexpr uint32_t kWireVarint = 0;
inline constexpr uint32_t kWireFixed64 = 1;
inline constexpr uint32_t kWireBytes = 2;
inline constexpr uint32_t kWireFixed32 = 5;

constexpr uint32_t VarintTag(uint32_t field) { return field << 3 | kWireVarint; }
constexpr uint32_t BytesTag(uint32_t field) { return field << 3 | kWireBytes; }

class FieldReader {
 public:
  explicit FieldReader(std::string_view message)
      : begin_(message.data()), position_(message.data()), end_(message.data() + message.size()) {}

  uint32_t Next() {
    if (position_ == end_) return 0;
    start_ = position_;
    const uint64_t tag = ReadVarint();
    // Field numbers have 29 bits and start at 1.
    if (!ok_ || tag > UINT32_MAX || tag < 8) return Fail();
    switch (tag & 7) {
      case kWireVarint:
        value_ = ReadVarint();
        return ok_ ? static_cast<uint32_t>(tag) : 0;
      case kWireBytes: {
        const uint64_t size = ReadVarint();
        if (!ok_ || size > static_cast<uint64_t>(end_ - position_)) return Fail();
        bytes_ = std::string_view(position_, size);
        position_ += size;
        return static_cast<uint32_t>(tag);
      }
      case kWireFixed64:
        return ReadFixed(8) ? static_cast<uint32_t>(tag) : 0;
      case kWireFixed32:
        return ReadFixed(4) ? static_cast<uint32_t>(tag) : 0;
      default:  // Groups ended with proto1.
        return Fail();
    }
  }

  // Value of the field last read. REQUIRES: a tag of that wire type.
  uint64_t varint() const { return value_; }
  int64_t int64() const { return static_cast<int64_t>(value_); }
  bool boolean() const { return value_ != 0; }
  std::string_view bytes() const { return bytes_; }
  // The field last read with its tag, for forwarding.
  std::string_view field() const { return std::string_view(start_, static_cast<size_t>(position_ - start_)); }

  bool ok() const { return ok_; }
  // Where reading stands, or failed.
  size_t offset() const { return static_cast<size_t>(position_ - begin_); }

 private:
  uint32_t Fail() {
    ok_ = false;
    end_ = position_;
    return 0;
  }
  uint64_t ReadVarint() {
    if (position_ != end_ && static_cast<uint8_t>(*position_) < 0x80) return static_cast<uint8_t>(*position_++);
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && position_ != end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*position_++);
      value |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    return Fail();
  }
  bool ReadFixed(size_t size) {
    if (static_cast<size_t>(end_ - position_) < size) return Fail() != 0;
    value_ = 0;
    for (size_t i = 0; i < size; ++i) value_ |= uint64_t{static_cast<uint8_t>(position_[i])} << (8 * i);
    position_ += size;
    return true;
  }

  const char* begin_;
  const char* position_;
  const char* end_;
  const char* start_ = nullptr;
  uint64_t value_ = 0;
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace epi::storeapi
