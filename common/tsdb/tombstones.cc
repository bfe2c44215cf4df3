#include "common/tsdb/tombstones.h"

#include <algorithm>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/tsdb/mapped_file.h"

namespace epi::tsdb {
namespace {

constexpr uint32_t kMagic = 0x0130BA30;
constexpr uint8_t kVersion = 1;
constexpr size_t kHeaderBytes = 5;
constexpr size_t kChecksumBytes = 4;
constexpr std::string_view kSection = "tombstones";

// REQUIRES: later does not start before the first one.
bool Touches(const Interval& interval, const Interval& later) {
  return later.mint_ms <= interval.maxt_ms || later.mint_ms - 1 == interval.maxt_ms;
}

// Brings intervals in any order into the form that AddInterval() keeps.
void Normalise(std::vector<Interval>* intervals) {
  std::sort(intervals->begin(), intervals->end(),
            [](const Interval& a, const Interval& b) { return a.mint_ms < b.mint_ms; });
  size_t kept = 0;
  for (const Interval& interval : *intervals) {
    if (kept > 0 && Touches((*intervals)[kept - 1], interval)) {
      int64_t& maxt_ms = (*intervals)[kept - 1].maxt_ms;
      maxt_ms = std::max(maxt_ms, interval.maxt_ms);
    } else {
      (*intervals)[kept++] = interval;
    }
  }
  intervals->resize(kept);
}

}  // namespace

void AddInterval(Interval interval, std::vector<Interval>* intervals) {
  // The first that overlaps or touches it: all before end earlier, with a gap.
  const auto first = std::partition_point(intervals->begin(), intervals->end(), [&](const Interval& other) {
    return other.maxt_ms < interval.mint_ms && other.maxt_ms + 1 != interval.mint_ms;
  });
  auto last = first;
  while (last != intervals->end() && Touches(interval, *last)) {
    interval.mint_ms = std::min(interval.mint_ms, last->mint_ms);
    interval.maxt_ms = std::max(interval.maxt_ms, last->maxt_ms);
    ++last;
  }
  intervals->insert(intervals->erase(first, last), interval);
}

bool Covers(std::span<const Interval> intervals, int64_t mint_ms, int64_t maxt_ms) {
  return std::any_of(intervals.begin(), intervals.end(), [&](const Interval& interval) {
    return interval.mint_ms <= mint_ms && maxt_ms <= interval.maxt_ms;
  });
}

Result<Tombstones> Tombstones::Open(const std::string& path) {
  Result<MappedFile> file = MappedFile::Open(path);
  if (file.status().code() == StatusCode::kNotFound) return Tombstones();
  RETURN_IF_ERROR(file.status());
  return Parse(file->view());
}

Result<Tombstones> Tombstones::Parse(const FileBytes& file) {
  if (file.size() < kHeaderBytes + kChecksumBytes) {
    return file.Corrupt(kSection, file.size(), "the file is too short");
  }
  ByteReader header(file.bytes.substr(0, kHeaderBytes));
  if (header.U32Be() != kMagic) return file.Corrupt(kSection, 0, "bad magic number");
  if (header.U8() != kVersion) return file.Corrupt(kSection, 4, "unknown version");
  const std::string_view entries = file.bytes.substr(kHeaderBytes, file.size() - kHeaderBytes - kChecksumBytes);
  ByteReader tail(file.bytes.substr(file.size() - kChecksumBytes));
  if (tail.U32Be() != Crc32c(entries)) return file.Corrupt(kSection, file.size() - kChecksumBytes, "bad checksum");
  Tombstones tombstones;
  ByteReader reader(entries);
  while (!reader.empty()) {
    const size_t at = kHeaderBytes + reader.offset();
    const uint64_t id = reader.Uvarint();
    Interval interval;
    interval.mint_ms = reader.Varint();
    interval.maxt_ms = reader.Varint();
    if (!reader.ok()) return file.Corrupt(kSection, at, "entry is cut short");
    if (id > UINT32_MAX) return file.Corrupt(kSection, at, "series id above 32 bits");
    if (interval.maxt_ms < interval.mint_ms) return file.Corrupt(kSection, at, "interval ends before it starts");
    tombstones.intervals_[static_cast<SeriesId>(id)].push_back(interval);
  }
  for (auto& [id, intervals] : tombstones.intervals_) Normalise(&intervals);
  return tombstones;
}

std::span<const Interval> Tombstones::Of(SeriesId id) const {
  const auto found = intervals_.find(id);
  if (found == intervals_.end()) return {};
  return found->second;
}

uint64_t Tombstones::Count() const {
  uint64_t count = 0;
  for (const auto& [id, intervals] : intervals_) count += intervals.size();
  return count;
}

std::string Tombstones::Encode() const {
  std::string out;
  ByteWriter writer(&out);
  writer.U32Be(kMagic);
  writer.U8(kVersion);
  for (const auto& [id, intervals] : intervals_) {
    for (const Interval& interval : intervals) {
      writer.Uvarint(id);
      writer.Varint(interval.mint_ms);
      writer.Varint(interval.maxt_ms);
    }
  }
  writer.U32Be(Crc32c(std::string_view(out).substr(kHeaderBytes)));
  return out;
}

}  // namespace epi::tsdb
