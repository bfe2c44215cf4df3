// Querier: how PromQL, the API and StoreAPI servers read series, whoever holds them. Block files, remote servers and test
// data implement it; promql and tsdb meet here and never see each other.
//
// Contract: Select returns series in label order (labels::Labels::Compare), each once; a series' samples have strictly
//           increasing times within [mint_ms, maxt_ms] (implementations may return a few outside: callers cut). Series
//           without a sample in range may be returned.
// Threads:  Select may be called from any thread. One SeriesSet is advanced by one thread at a time. The Series it returned
//           are independent of it and of each other, may be read on other threads and outlive the set.
// Units:    times are Unix milliseconds, inclusive at both ends.
// Errors:   a failed source of several is a warning when the request allows partial answers, else the error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/labels/matcher.h"
#include "common/series/sample.h"

namespace epi::series {

// Reads one series' samples in time order.
class SampleCursor {
 public:
  virtual ~SampleCursor() = default;
  // The next samples; null at the end. The batch lives until the next call on this cursor. Never an empty batch.
  virtual Result<const SampleBatch*> Next() = 0;
  // Promise of the caller that samples before `t_ms` are not needed any more: they may be left out from now on (whole
  // chunks are skipped without decoding). Never goes back.
  virtual void SkipTo(int64_t t_ms) = 0;
};

// One series: its labels and a way to its samples.
class Series {
 public:
  virtual ~Series() = default;
  virtual const labels::Labels& labels() const = 0;
  // A new cursor at the first sample. `reuse` may be a cursor that an earlier Series of the same set returned and that is
  // no longer needed; its buffers are taken over.
  virtual Result<std::unique_ptr<SampleCursor>> Samples(std::unique_ptr<SampleCursor> reuse) const = 0;
  Result<std::unique_ptr<SampleCursor>> Samples() const { return Samples(nullptr); }
};

// Series in label order, pulled one by one.
class SeriesSet {
 public:
  virtual ~SeriesSet() = default;
  // The next series; null at the end.
  virtual Result<std::unique_ptr<Series>> Next() = 0;
  // Valid once Next() returned null: what is missing from the answer and why, one line each, naming the source.
  virtual std::vector<std::string> Warnings() const { return {}; }
};

// What the caller will do with the samples; implementations may use it to fetch less, and may ignore it.
struct SelectHints {
  int64_t start_ms = 0;  // First and last time any sample of the selector can matter.
  int64_t end_ms = 0;
  int64_t step_ms = 0;   // 0 for an instant query.
  int64_t range_ms = 0;  // Of a range selector; 0 for an instant selector.
  std::string func;      // Function or aggregation right around the selector: "rate", "sum"; may be empty.
  std::vector<std::string> grouping;  // Of the aggregation right above.
  bool by = false;                    // grouping is by(…), else without(…).
  int64_t limit = 0;                  // At most so many series are wanted; 0 = all.
  bool series_only = false;           // Labels are wanted, samples are not.
  // With projection_include only these labels of the answer are looked at, else all but these. Series may come without the
  // others, and then several with equal labels; they are still those that would come with all labels, in that order.
  std::vector<std::string> projection_labels;
  bool projection_include = false;
};

struct SelectRequest {
  int64_t mint_ms = kMinTimeMs;
  int64_t maxt_ms = kMaxTimeMs;
  labels::Matchers matchers;
  SelectHints hints;
};

// Answer of the label calls: sorted, unique.
struct LabelStrings {
  std::vector<std::string> values;
  std::vector<std::string> warnings;
};

struct LabelRequest {
  int64_t mint_ms = kMinTimeMs;
  int64_t maxt_ms = kMaxTimeMs;
  labels::Matchers matchers;
  int64_t limit = 0;  // 0 = all.
};

class Querier {
 public:
  virtual ~Querier() = default;
  virtual Result<std::unique_ptr<SeriesSet>> Select(const Context& ctx, const SelectRequest& request) const = 0;
  virtual Result<LabelStrings> LabelNames(const Context& ctx, const LabelRequest& request) const = 0;
  virtual Result<LabelStrings> LabelValues(const Context& ctx, const std::string& name, const LabelRequest& request) const = 0;
};

}  // namespace epi::series
