#include "common/tsdb/postings_table.h"

#include <algorithm>
#include <tuple>

#include "common/base/str_cat.h"
#include "common/tsdb/index_format.h"

namespace epi::tsdb {
namespace {

// Strings of an entry: always name and value.
constexpr uint8_t kKeyStrings = 2;
// String count, two sizes, offset.
constexpr uint64_t kEntryBytesMin = 4;

}  // namespace

Result<PostingsTable> PostingsTable::Open(const FileBytes& file, uint64_t offset, int version) {
  PostingsTable table;
  table.section_ = TRY(file.Checksummed(offset, kSectionPostingsTable));
  table.file_ = file;
  table.offset_ = offset;
  ByteReader reader(table.section_);
  table.count_ = reader.U32Be();
  if (!reader.ok() || table.count_ > reader.remaining() / kEntryBytesMin) {
    return file.Corrupt(kSectionPostingsTable, offset, StrCat(table.count_, " entries do not fit the section"));
  }
  if (version == kIndexV1) {
    RETURN_IF_ERROR(table.ScanUnsorted());
  } else {
    table.stride_ = kSampleEvery;
    RETURN_IF_ERROR(table.ScanSorted());
  }
  table.names_.shrink_to_fit();
  table.samples_.shrink_to_fit();
  return table;
}

PostingsTable::Entry PostingsTable::ReadEntry(ByteReader* reader) {
  reader->U8();
  Entry entry;
  entry.name = reader->UvarintBytes();
  entry.value = reader->UvarintBytes();
  entry.list_offset = reader->Uvarint();
  return entry;
}

Result<PostingsTable::Entry> PostingsTable::ScanEntry(ByteReader* reader) const {
  const size_t at = reader->offset();
  const bool shape_ok = !reader->rest().empty() && static_cast<uint8_t>(reader->rest()[0]) == kKeyStrings;
  const Entry entry = ReadEntry(reader);
  if (!shape_ok || !reader->ok()) return file_.Corrupt(kSectionPostingsTable, offset_ + 4 + at, "malformed entry");
  return entry;
}

Status PostingsTable::ScanSorted() {
  ByteReader reader(section_);
  reader.U32Be();
  std::string_view previous_value;
  for (uint32_t i = 0; i < count_; ++i) {
    const size_t at = reader.offset();
    const Entry entry = TRY(ScanEntry(&reader));
    const bool new_name = names_.empty() || names_.back().text != entry.name;
    const bool ordered = new_name ? names_.empty() || names_.back().text < entry.name : previous_value < entry.value;
    if (!ordered) return file_.Corrupt(kSectionPostingsTable, offset_ + 4 + at, "entries out of order");
    if (new_name) names_.push_back({entry.name, static_cast<uint32_t>(samples_.size()), 0});
    if (names_.back().values++ % stride_ == 0) samples_.push_back(static_cast<uint32_t>(at));
    previous_value = entry.value;
  }
  if (!reader.empty()) {
    return file_.Corrupt(kSectionPostingsTable, offset_ + 4 + reader.offset(), "bytes after the last entry");
  }
  return OkStatus();
}

Status PostingsTable::ScanUnsorted() {
  ByteReader reader(section_);
  reader.U32Be();
  struct Position {
    std::string_view name;
    std::string_view value;
    uint32_t at;
  };
  std::vector<Position> positions;
  positions.reserve(count_);
  for (uint32_t i = 0; i < count_; ++i) {
    const auto at = static_cast<uint32_t>(reader.offset());
    const Entry entry = TRY(ScanEntry(&reader));
    positions.push_back({entry.name, entry.value, at});
  }
  std::sort(positions.begin(), positions.end(), [](const Position& a, const Position& b) {
    return std::tie(a.name, a.value) < std::tie(b.name, b.value);
  });
  for (size_t i = 0; i < positions.size(); ++i) {
    const Position& position = positions[i];
    const bool new_name = i == 0 || positions[i - 1].name != position.name;
    if (!new_name && positions[i - 1].value == position.value) {
      return file_.Corrupt(kSectionPostingsTable, offset_ + 4 + position.at, "entry appears twice");
    }
    if (new_name) names_.push_back({position.name, static_cast<uint32_t>(i), 0});
    ++names_.back().values;
    samples_.push_back(position.at);
  }
  return OkStatus();
}

const PostingsTable::Name* PostingsTable::FindName(std::string_view name) const {
  const auto found = std::lower_bound(names_.begin(), names_.end(), name,
                                      [](const Name& entry, std::string_view text) { return entry.text < text; });
  return found != names_.end() && found->text == name ? &*found : nullptr;
}

std::string_view PostingsTable::SampleValue(const Name& name, uint32_t sample) const {
  ByteReader reader(section_.substr(samples_[name.first_sample + sample]));
  return ReadEntry(&reader).value;
}

PostingsTable::ValueCursor PostingsTable::Values(std::string_view name, std::string_view from) const {
  ValueCursor cursor;
  cursor.table_ = this;
  cursor.name_ = FindName(name);
  if (cursor.name_ == nullptr || from.empty()) return cursor;
  // The last sample whose value is below `from`; then at most a stride of entries to walk.
  uint32_t low = 0;
  uint32_t high = (cursor.name_->values + stride_ - 1) / stride_;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (SampleValue(*cursor.name_, middle) < from) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  cursor.next_ = low == 0 ? 0 : (low - 1) * stride_;
  ValueCursor ahead = cursor;
  while (ahead.Next() && ahead.value() < from) cursor = ahead;
  return cursor;
}

bool PostingsTable::ValueCursor::Next() {
  if (name_ == nullptr || next_ >= name_->values) return false;
  if (next_ % table_->stride_ == 0 || reader_.offset() == 0) {
    reader_ = ByteReader(table_->section_.substr(table_->samples_[name_->first_sample + next_ / table_->stride_]));
  }
  const Entry entry = ReadEntry(&reader_);
  ++next_;
  value_ = entry.value;
  list_offset_ = entry.list_offset;
  return reader_.ok();
}

uint64_t PostingsTable::ValueCursor::next_list_offset() const {
  ByteReader ahead = reader_;
  return ReadEntry(&ahead).list_offset;
}

std::optional<uint64_t> PostingsTable::Find(std::string_view name, std::string_view value) const {
  ValueCursor cursor = Values(name, value);
  if (!cursor.Next() || cursor.value() != value) return std::nullopt;
  return cursor.list_offset();
}

}  // namespace epi::tsdb
