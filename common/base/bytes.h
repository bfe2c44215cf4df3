// Reading and writing bytes: fixed-width big- and little-endian integers, LEB128 varints, length-prefixed strings.
//
// Contract: ByteReader never reads past its span. After a failed read ok() is false, all later reads return zero values, and
//           offset() is where the failure was met: check ok() once after a group of reads.
// Threads:  none; values.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace epi {

// Longest LEB128 form of a 64-bit value, in bytes.
inline constexpr size_t kVarintBytesMax = 10;

constexpr uint64_t ZigZagEncode(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t ZigZagDecode(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}
constexpr size_t UvarintSize(uint64_t value) {
  size_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++size;
  }
  return size;
}

class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool empty() const { return position_ == bytes_.size(); }
  size_t offset() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  std::string_view rest() const { return bytes_.substr(position_); }

  uint8_t U8() { return static_cast<uint8_t>(Fixed<1, true>()); }
  uint16_t U16Be() { return static_cast<uint16_t>(Fixed<2, true>()); }
  uint32_t U32Be() { return static_cast<uint32_t>(Fixed<4, true>()); }
  uint64_t U64Be() { return Fixed<8, true>(); }
  uint32_t U32Le() { return static_cast<uint32_t>(Fixed<4, false>()); }
  uint64_t U64Le() { return Fixed<8, false>(); }

  // Unsigned LEB128. Fails on more than 10 bytes and on a value above 64 bits.
  uint64_t Uvarint() {
    if (position_ < bytes_.size() && static_cast<uint8_t>(bytes_[position_]) < 0x80) {
      return static_cast<uint8_t>(bytes_[position_++]);
    }
    return UvarintSlow();
  }
  // Zig-zag LEB128 (Go's binary.PutVarint).
  int64_t Varint() { return ZigZagDecode(Uvarint()); }
  // `size` bytes, a view into the span.
  std::string_view Bytes(uint64_t size) {
    if (!ok_ || size > remaining()) return Fail();
    const std::string_view view = bytes_.substr(position_, size);
    position_ += size;
    return view;
  }
  void Skip(uint64_t size) { Bytes(size); }
  // Uvarint length, then that many bytes.
  std::string_view UvarintBytes() { return Bytes(Uvarint()); }

 private:
  std::string_view Fail() {
    ok_ = false;
    bytes_ = bytes_.substr(0, position_);
    return {};
  }
  template <size_t kSize, bool kBigEndian>
  uint64_t Fixed() {
    if (!ok_ || remaining() < kSize) {
      Fail();
      return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < kSize; ++i) {
      const uint64_t byte = static_cast<uint8_t>(bytes_[position_ + i]);
      value |= byte << (8 * (kBigEndian ? kSize - 1 - i : i));
    }
    position_ += kSize;
    return value;
  }
  uint64_t UvarintSlow();

  std::string_view bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

// Appends to a string that the caller owns.
class ByteWriter {
 public:
  explicit ByteWriter(std::string* out) : out_(out) {}

  void U8(uint8_t value) { out_->push_back(static_cast<char>(value)); }
  void U16Be(uint16_t value) { FixedBe<2>(value); }
  void U32Be(uint32_t value) { FixedBe<4>(value); }
  void U64Be(uint64_t value) { FixedBe<8>(value); }
  void U32Le(uint32_t value) { FixedLe<4>(value); }
  void U64Le(uint64_t value) { FixedLe<8>(value); }
  void Uvarint(uint64_t value) {
    while (value >= 0x80) {
      U8(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    U8(static_cast<uint8_t>(value));
  }
  void Varint(int64_t value) { Uvarint(ZigZagEncode(value)); }
  void Bytes(std::string_view bytes) { out_->append(bytes); }
  void UvarintBytes(std::string_view bytes) {
    Uvarint(bytes.size());
    Bytes(bytes);
  }
  size_t size() const { return out_->size(); }

 private:
  template <size_t kSize>
  void FixedBe(uint64_t value) {
    for (size_t i = kSize; i-- > 0;) U8(static_cast<uint8_t>(value >> (8 * i)));
  }
  template <size_t kSize>
  void FixedLe(uint64_t value) {
    for (size_t i = 0; i < kSize; ++i) U8(static_cast<uint8_t>(value >> (8 * i)));
  }

  std::string* const out_;
};

}  // namespace epi
