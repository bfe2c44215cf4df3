// Series held in memory, behind Querier: data of PromQL scripts, rule tests, and tests of everything that reads series.
//
// It gives back what a Prometheus TSDB would, histograms' reset hints included: a histogram that continues its predecessor is
// "not reset", one after a reset or a change of layout is "unknown", gauges stay gauges; a stale marker after a histogram is a
// stale histogram.
//
// Threads:  reading is safe from any thread while nobody appends. Series read before stay valid.
// Units:    times are Unix milliseconds.
#pragma once

#include <map>
#include <memory>
#include <span>

#include "common/labels/labels.h"
#include "common/series/querier.h"

namespace epi::series {

struct StoredSample {
  int64_t t_ms = 0;
  double value = 0;
  std::shared_ptr<const FloatHistogram> histogram;  // Null for a float.
  int64_t start_ms = 0;                                     // 0: unknown.
};

class MemoryStorage final : public Querier {
 public:
  // Batches of cursors hold at most so many samples: small ones find more mistakes.
  explicit MemoryStorage(size_t batch_samples_max = 7);
  ~MemoryStorage() override;

  // FailedPrecondition for a sample that is not newer than the newest of its series; the same sample again is ignored.
  Status Append(const labels::Labels& labels, std::span<const StoredSample> samples);

  Result<std::unique_ptr<SeriesSet>> Select(const Context& ctx, const SelectRequest& request) const override;
  Result<LabelStrings> LabelNames(const Context& ctx, const LabelRequest& request) const override;
  Result<LabelStrings> LabelValues(const Context& ctx, const std::string& name,
                                           const LabelRequest& request) const override;

  class StoredSeries;

 private:
  // Series that match and have a sample in range.
  std::vector<std::shared_ptr<const StoredSeries>> Find(const labels::Matchers& matchers, int64_t mint_ms, int64_t maxt_ms) const;

  const size_t batch_samples_max_;
  std::map<labels::Labels, std::shared_ptr<StoredSeries>> series_;
};

}  // namespace epi::series
