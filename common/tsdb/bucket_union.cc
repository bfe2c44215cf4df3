#include "common/tsdb/bucket_union.h"

#include <type_traits>

namespace epi::tsdb {
namespace {

using series::Span;

std::vector<int64_t> IndexesOf(const std::vector<Span>& spans) {
  std::vector<int64_t> indexes;
  int64_t index = 0;
  for (const Span& span : spans) {
    index += span.offset;
    for (uint32_t i = 0; i < span.length; ++i) indexes.push_back(index++);
  }
  return indexes;
}

std::vector<Span> SpansOf(const std::vector<int64_t>& indexes) {
  std::vector<Span> spans;
  int64_t end = 0;
  for (const int64_t index : indexes) {
    if (!spans.empty() && index == end) {
      ++spans.back().length;
    } else {
      spans.push_back({static_cast<int32_t>(index - end), 1});
    }
    end = index + 1;
  }
  return spans;
}

// Integer buckets are deltas; sums are unsigned so that they may wrap.
std::vector<uint64_t> CountsOf(const std::vector<int64_t>& deltas) {
  std::vector<uint64_t> counts;
  uint64_t count = 0;
  for (const int64_t delta : deltas) counts.push_back(count += static_cast<uint64_t>(delta));
  return counts;
}
const std::vector<double>& CountsOf(const std::vector<double>& counts) { return counts; }

bool Fell(uint64_t before, uint64_t now) { return static_cast<int64_t>(before) > static_cast<int64_t>(now); }
bool Fell(double before, double now) { return before > now; }

}  // namespace

template <typename Bucket>
BucketUnion UniteBuckets(const std::vector<Span>& chunk_spans, const std::vector<Bucket>& chunk_buckets,
                         const std::vector<Span>& sample_spans, const std::vector<Bucket>& sample_buckets, bool gauge) {
  BucketUnion result;
  const std::vector<int64_t> chunk = IndexesOf(chunk_spans);
  const std::vector<int64_t> sample = IndexesOf(sample_spans);
  const auto& chunk_counts = CountsOf(chunk_buckets);
  const auto& sample_counts = CountsOf(sample_buckets);
  std::vector<int64_t> united;
  size_t c = 0;
  size_t s = 0;
  while (c < chunk.size() || s < sample.size()) {
    const bool in_chunk = c < chunk.size() && (s == sample.size() || chunk[c] <= sample[s]);
    const bool in_sample = s < sample.size() && (c == chunk.size() || sample[s] <= chunk[c]);
    const bool fell = in_chunk && (in_sample ? Fell(chunk_counts[c], sample_counts[s]) : chunk_counts[c] != 0);
    result.reset |= fell && !gauge;
    if (in_chunk) result.chunk_places.push_back(united.size());
    if (in_sample) result.sample_places.push_back(united.size());
    united.push_back(in_chunk ? chunk[c] : sample[s]);
    c += in_chunk ? 1 : 0;
    s += in_sample ? 1 : 0;
  }
  result.size = united.size();
  result.chunk_grows = result.size > chunk.size();
  result.sample_grows = result.size > sample.size();
  // An unchanged side keeps its own way of cutting the same indexes into spans.
  result.spans = !result.sample_grows ? sample_spans : !result.chunk_grows ? chunk_spans : SpansOf(united);
  return result;
}

template <typename Bucket>
void SpreadBuckets(const std::vector<size_t>& places, size_t size, std::vector<Bucket>* buckets) {
  if (buckets->size() == size) return;
  const auto counts = CountsOf(*buckets);
  std::vector<std::decay_t<decltype(counts[0])>> spread(size);
  for (size_t i = 0; i < places.size(); ++i) spread[places[i]] = counts[i];
  buckets->resize(size);
  if constexpr (std::is_same_v<Bucket, double>) {
    *buckets = spread;
  } else {
    uint64_t previous = 0;
    for (size_t i = 0; i < size; ++i) {
      (*buckets)[i] = static_cast<int64_t>(spread[i] - previous);
      previous = spread[i];
    }
  }
}

template BucketUnion UniteBuckets(const std::vector<Span>&, const std::vector<int64_t>&, const std::vector<Span>&,
                                  const std::vector<int64_t>&, bool);
template BucketUnion UniteBuckets(const std::vector<Span>&, const std::vector<double>&, const std::vector<Span>&,
                                  const std::vector<double>&, bool);
template void SpreadBuckets(const std::vector<size_t>&, size_t, std::vector<int64_t>*);
template void SpreadBuckets(const std::vector<size_t>&, size_t, std::vector<double>*);

}  // namespace epi::tsdb
