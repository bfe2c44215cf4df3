// Start times inside XOR2 and the ST histogram chunks. Format: docs/formats/chunks.md, "XOR2".
//
// Contract: both sides are called for every sample in turn, right after its other fields.
// Threads:  values.
// Units:    Unix milliseconds; 0 means unknown.
#pragma once

#include <cstdint>

#include "common/tsdb/varbit.h"

namespace epi::tsdb {

class StartTimeHeader {
 public:
  // A change can be noted at most at this sample, so there one is always noted.
  static constexpr uint32_t kChangeIndexMax = 127;

  StartTimeHeader() = default;
  explicit StartTimeHeader(uint8_t byte) : byte_(byte) {}
  uint8_t byte() const { return byte_; }
  bool empty() const { return byte_ == 0; }
  bool first_known() const { return (byte_ & 0x80) != 0; }
  // Index of the first sample that carries a start time of its own; 0: none.
  uint32_t change_index() const { return byte_ & 0x7f; }
  void SetFirstKnown() { byte_ |= 0x80; }
  // REQUIRES: change_index() == 0, 0 < index <= kChangeIndexMax.
  void SetChangeIndex(uint32_t index) { byte_ = static_cast<uint8_t>(byte_ | index); }

 private:
  uint8_t byte_ = 0;
};

class StartTimeReader {
 public:
  StartTimeReader() = default;
  explicit StartTimeReader(StartTimeHeader header) : header_(header) {}

  // `index` counts samples from 0; `previous_t_ms` is that of the sample before (unused for the first).
  int64_t Read(BitReader* reader, uint32_t index, int64_t t_ms, int64_t previous_t_ms) {
    if (index == 0) {
      if (header_.first_known()) start_ = static_cast<uint64_t>(t_ms) - static_cast<uint64_t>(reader->Varint());
    } else if (header_.change_index() != 0 && index >= header_.change_index()) {
      const uint64_t change = static_cast<uint64_t>(ReadVarbitInt(reader));
      difference_ = index == header_.change_index() ? change : difference_ + change;
      start_ = static_cast<uint64_t>(previous_t_ms) - difference_;
    }
    return static_cast<int64_t>(start_);
  }

 private:
  StartTimeHeader header_;
  // Unsigned: damaged data may overflow.
  uint64_t start_ = 0;
  uint64_t difference_ = 0;
};

class StartTimeWriter {
 public:
  StartTimeHeader header() const { return header_; }

  void Write(BitWriter* writer, uint32_t index, int64_t t_ms, int64_t previous_t_ms, int64_t start_ms) {
    if (index == 0) {
      if (start_ms != 0) {
        writer->Varint(static_cast<int64_t>(static_cast<uint64_t>(t_ms) - static_cast<uint64_t>(start_ms)));
        header_.SetFirstKnown();
      }
    } else if (header_.change_index() != 0) {
      WriteDifference(writer, previous_t_ms, start_ms);
    } else if (start_ms != start_ms_ || index == StartTimeHeader::kChangeIndexMax) {
      header_.SetChangeIndex(index);
      WriteDifference(writer, previous_t_ms, start_ms);
    }
    start_ms_ = start_ms;
  }

 private:
  void WriteDifference(BitWriter* writer, int64_t previous_t_ms, int64_t start_ms) {
    const uint64_t difference = static_cast<uint64_t>(previous_t_ms) - static_cast<uint64_t>(start_ms);
    WriteVarbitInt(writer, static_cast<int64_t>(difference - difference_));
    difference_ = difference;
  }

  StartTimeHeader header_;
  int64_t start_ms_ = 0;
  uint64_t difference_ = 0;
};

}  // namespace epi::tsdb
