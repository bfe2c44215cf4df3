#include "common/tsdb/histogram_text.h"

#include "common/base/go_float.h"
#include "common/series/histogram_buckets.h"

namespace epi::tsdb {
namespace {

void AppendCount(double count, CountText form, std::string* out) {
  if (form == CountText::kInteger) {
    AppendFloatF(out, count);
  } else {
    AppendFloatG(out, count);
  }
}

}  // namespace

void AppendHistogramText(const series::FloatHistogram& histogram, CountText counts, std::string* out) {
  *out += "{count:";
  AppendCount(histogram.count, counts, out);
  *out += ", sum:";
  AppendFloatG(out, histogram.sum);
  for (const series::Bucket& bucket : series::StoredBuckets(histogram)) {
    if (bucket.count == 0) continue;
    *out += bucket.lower_inclusive ? ", [" : ", (";
    AppendFloatG(out, bucket.lower);
    *out += ',';
    AppendFloatG(out, bucket.upper);
    *out += bucket.upper_inclusive ? "]:" : "):";
    AppendCount(bucket.count, counts, out);
  }
  *out += '}';
}

}  // namespace epi::tsdb
