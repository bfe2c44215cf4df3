#include "agent/sidecar/series_merge.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/str_cat.h"
#include "common/storeapi/wire_chunk.h"
#include "common/storeapi/wire_series.h"

namespace epi::agent {
namespace {

// The Store API's number of a chunk encoding; numbers from disk otherwise pass through one lower.
uint64_t WireEncodingOf(tsdb::Encoding encoding) {
  switch (encoding) {
    case tsdb::Encoding::kXor: return static_cast<uint64_t>(storeapi::WireEncoding::kXor);
    case tsdb::Encoding::kHistogram: return static_cast<uint64_t>(storeapi::WireEncoding::kHistogram);
    case tsdb::Encoding::kFloatHistogram: return static_cast<uint64_t>(storeapi::WireEncoding::kFloatHistogram);
    case tsdb::Encoding::kXor2: return static_cast<uint64_t>(storeapi::WireEncoding::kXor2);
    default: return static_cast<uint64_t>(encoding) - 1;
  }
}

void AppendReadChunk(const tsdb::ChunkView& chunk, std::string* out) {
  storeapi::WireChunkSlots slots;
  slots.Set(storeapi::Aggregate::kRaw, {WireEncodingOf(chunk.chunk.encoding), chunk.chunk.data, 0});
  storeapi::AppendChunk(out, chunk.mint_ms, chunk.maxt_ms, slots);
}

// An AggrChunk with one raw chunk: three headers, two times, the type and the hash.
constexpr size_t kChunkFrameBytesMax = 64;

}  // namespace

SeriesMerge::SeriesMerge(Mode mode, labels::Labels external, const labels::Labels& added, MemoryAccount* memory,
                         MergedSink sink)
    : mode_(mode),
      external_(std::move(external)),
      added_(added),
      sink_(std::move(sink)),
      charge_(memory),
      order_(added, [this](OrderedSeries series) { return Emit(std::move(series)); }) {
  for (const labels::Label label : external_) external_names_.emplace_back(label.name);
}

bool SeriesMerge::Collides(const labels::Labels& labels) const {
  return std::any_of(external_.begin(), external_.end(), [&](const labels::Label& external) {
    const std::string_view value = labels.Get(external.name);
    return !value.empty() && value != external.value;
  });
}

Status SeriesMerge::Push(const ReadSeries& series) {
  if (!has_current_ || series.labels != current_labels_) {
    RETURN_IF_ERROR(EndSeries());
    current_labels_ = series.labels;
    has_current_ = true;
  }
  size_t bytes = current_chunks_.size();
  for (const tsdb::ChunkView& chunk : series.chunks) bytes += chunk.chunk.data.size() + kChunkFrameBytesMax;
  current_chunks_.reserve(bytes);
  for (const tsdb::ChunkView& chunk : series.chunks) AppendReadChunk(chunk, &current_chunks_);
  current_chunk_count_ += series.chunks.size();
  return OkStatus();
}

Status SeriesMerge::EndSeries() {
  if (!has_current_) return OkStatus();
  has_current_ = false;
  OrderedSeries series{current_labels_.Without(external_names_), std::exchange(current_chunks_, {}),
                       std::exchange(current_chunk_count_, 0)};
  if (mode_ == Mode::kStreamed) {
    if (Collides(current_labels_)) {
      return AbortedError(StrCat("series ", current_labels_.ToString(), " has an own label of an external name"));
    }
    return order_.Push(std::move(series));
  }
  for (const labels::Label label : added_) series.labels = series.labels.With(label);
  RETURN_IF_ERROR(charge_.Add(series.labels.encoded().size() + series.chunks.size() + sizeof(series), "sorting of series"));
  collected_.push_back(std::move(series));
  return OkStatus();
}

Status SeriesMerge::Emit(OrderedSeries series) {
  if (emitted_any_ && series.labels < last_labels_) {
    return DataLossError(StrCat("Prometheus sent series out of order: ", series.labels.ToString(), " after ",
                                last_labels_.ToString()));
  }
  encoded_.clear();
  storeapi::AppendLabels(&encoded_, series.labels);
  encoded_ += series.chunks;
  emitted_any_ = true;
  last_labels_ = std::move(series.labels);
  return sink_(last_labels_, encoded_, series.chunk_count);
}

Status SeriesMerge::Finish() {
  RETURN_IF_ERROR(EndSeries());
  RETURN_IF_ERROR(order_.Finish());
  std::stable_sort(collected_.begin(), collected_.end(),
                   [](const OrderedSeries& a, const OrderedSeries& b) { return a.labels < b.labels; });
  for (OrderedSeries& series : collected_) RETURN_IF_ERROR(Emit(std::move(series)));
  return OkStatus();
}

}  // namespace epi::agent
