// Deleted time ranges per series of one block. Bytes: docs/formats/tombstones.md.
//
// Contract: intervals of a series are sorted, disjoint and not adjacent, whatever order they were read or added in.
// Threads:  const methods are safe from any thread.
// Units:    Unix milliseconds, inclusive at both ends.
// Errors:   DataLoss with file and offset. A missing file is no tombstones.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/tsdb/file_bytes.h"
#include "common/tsdb/index_format.h"

namespace epi::tsdb {

struct Interval {
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

// Adds one interval to a sorted disjoint list and keeps it so.
void AddInterval(Interval interval, std::vector<Interval>* intervals);
// True when every millisecond of [mint_ms, maxt_ms] is covered.
bool Covers(std::span<const Interval> intervals, int64_t mint_ms, int64_t maxt_ms);

class Tombstones {
 public:
  static Result<Tombstones> Open(const std::string& path);
  static Result<Tombstones> Parse(const FileBytes& file);

  // REQUIRES: interval.mint_ms <= interval.maxt_ms.
  void Add(SeriesId id, Interval interval) { AddInterval(interval, &intervals_[id]); }
  std::span<const Interval> Of(SeriesId id) const;
  bool empty() const { return intervals_.empty(); }
  // Number of intervals, as meta.json counts them.
  uint64_t Count() const;
  // The whole file.
  std::string Encode() const;
  const std::map<SeriesId, std::vector<Interval>>& by_series() const { return intervals_; }

 private:
  std::map<SeriesId, std::vector<Interval>> intervals_;
};

}  // namespace epi::tsdb
