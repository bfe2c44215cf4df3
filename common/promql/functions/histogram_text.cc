#include "common/promql/functions/histogram_text.h"

#include "common/base/go_float.h"
#include "common/series/histogram_buckets.h"

namespace epi::promql {

std::string HistogramText(const series::FloatHistogram& histogram) {
  std::string text = "{count:";
  AppendFloatG(&text, histogram.count);
  text += ", sum:";
  AppendFloatG(&text, histogram.sum);
  for (const series::Bucket& bucket : series::StoredBuckets(histogram)) {
    if (bucket.count == 0) continue;
    text += bucket.lower_inclusive ? ", [" : ", (";
    AppendFloatG(&text, bucket.lower);
    text += ',';
    AppendFloatG(&text, bucket.upper);
    text += bucket.upper_inclusive ? "]:" : "):";
    AppendFloatG(&text, bucket.count);
  }
  return text + "}";
}

}  // namespace epi::promql
