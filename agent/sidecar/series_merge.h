// From series as Prometheus answers them to series as the Store API wants them: external labels merged in, sorted, each with
// its chunks, encoded.
//
// 1. Parts of one series (same labels, one after another) are put together.
// 2. Prometheus has merged its external labels in already; they are taken off again, so that own labels remain.
// 3. SeriesOrder adds the wanted external labels and keeps the order.
// When a series has an own label of an external name, the external value wins, as in Thanos. That can break the order
// anywhere, so such answers must be collected and sorted as a whole: Mode::kSorted. The caller learns from kStreamed's error
// that it must ask again in the other mode.
//
// Threads:  none.
// Errors:   Aborted in kStreamed when an own label collides; DataLoss when Prometheus' order is broken; the sink's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/sidecar/read_response.h"
#include "agent/sidecar/series_order.h"
#include "common/base/memory_account.h"
#include "common/base/status.h"
#include "common/labels/labels.h"

namespace epi::agent {

// One finished series: its labels and the encoded Series message with `chunks` chunks.
using MergedSink = std::function<Status(const labels::Labels& labels, std::string_view encoded, size_t chunks)>;

class SeriesMerge {
 public:
  enum class Mode : uint8_t { kStreamed, kSorted };

  // `external`: all external labels of Prometheus. `added`: those that the answer carries (without replica labels that the
  // caller does not want). `memory` may be null; kSorted charges what it collects.
  SeriesMerge(Mode mode, labels::Labels external, const labels::Labels& added, MemoryAccount* memory, MergedSink sink);

  Status Push(const ReadSeries& series);
  Status Finish();

 private:
  // Is an own label there, other than the external one of its name?
  bool Collides(const labels::Labels& labels) const;
  Status EndSeries();
  Status Emit(OrderedSeries series);

  const Mode mode_;
  const labels::Labels external_;
  std::vector<std::string> external_names_;
  const labels::Labels added_;
  const MergedSink sink_;
  MemoryCharge charge_;
  SeriesOrder order_;
  // The series whose parts are coming in. Labels as received.
  labels::Labels current_labels_;
  bool has_current_ = false;
  std::string current_chunks_;
  size_t current_chunk_count_ = 0;
  // kSorted.
  std::vector<OrderedSeries> collected_;
  // The last emitted one, to check the order.
  labels::Labels last_labels_;
  bool emitted_any_ = false;
  std::string encoded_;  // Used again from series to series.
};

}  // namespace epi::agent
