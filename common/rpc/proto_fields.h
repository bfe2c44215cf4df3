// Reading and writing the few protobuf fields that health and reflection need, without generated classes.
//
//   ProtoFields fields(message);
//   while (fields.Next()) { if (fields.number() == 1) name = fields.bytes(); }
//   if (!fields.ok()) …
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.h"

namespace epi::rpc {

class ProtoFields {
 public:
  explicit ProtoFields(std::string_view message) : reader_(message) {}

  // False at the end, and for bytes that are no message: then ok() is false.
  bool Next() {
    if (!reader_.ok() || reader_.empty()) return false;
    const uint64_t tag = reader_.Uvarint();
    number_ = tag >> 3;
    bytes_ = {};
    value_ = 0;
    switch (tag & 7) {
      case 0:
        value_ = reader_.Uvarint();
        break;
      case 1:
        value_ = reader_.U64Le();
        break;
      case 2:
        bytes_ = reader_.UvarintBytes();
        break;
      case 5:
        value_ = reader_.U32Le();
        break;
      default:
        ok_ = false;
    }
    return ok();
  }
  bool ok() const { return ok_ && reader_.ok(); }
  uint64_t number() const { return number_; }
  uint64_t value() const { return value_; }
  std::string_view bytes() const { return bytes_; }

 private:
  ByteReader reader_;
  bool ok_ = true;
  uint64_t number_ = 0;
  uint64_t value_ = 0;
  std::string_view bytes_;
};

inline void AppendProtoVarint(uint32_t number, uint64_t value, std::string* out) {
  ByteWriter writer(out);
  writer.Uvarint(uint64_t{number} << 3);
  writer.Uvarint(value);
}
inline void AppendProtoBytes(uint32_t number, std::string_view bytes, std::string* out) {
  ByteWriter writer(out);
  writer.Uvarint(uint64_t{number} << 3 | 2);
  writer.UvarintBytes(bytes);
}

}  // namespace epi::rpc
