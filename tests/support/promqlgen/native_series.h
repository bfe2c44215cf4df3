// The data set's native histograms.
#pragma once

#include <memory>
#include <vector>

#include "common/base/random.h"
#include "common/labels/labels.h"
#include "tests/support/promqlgen/histograms.h"

namespace epi::promqlgen {

struct NativeValue {
  bool present = false;
  double value = 0;
  std::shared_ptr<const series::FloatHistogram> histogram;  // Null: a float.
};

struct NativeSeries {
  labels::Labels labels;
  std::vector<NativeValue> values;  // One per scrape.
};

class NativeSeriesMaker {
 public:
  explicit NativeSeriesMaker(Random* random) : random_(random) {}
  std::vector<NativeSeries> Make();

 private:
  NativeSeries Growing(labels::Labels labels, bool changes);
  NativeSeries Gauge(labels::Labels labels);
  NativeSeries Custom(labels::Labels labels, bool changes);
  NativeSeries Mixed(labels::Labels labels, bool with_floats);
  void Observe(BucketMap* buckets);
  void ObserveCustom(BucketMap* buckets);

  Random* const random_;
};

}  // namespace epi::promqlgen
