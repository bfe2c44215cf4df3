#include "common/tsdb/column_decoder.h"

#include <utility>

#include "common/base/str_cat.h"
#include "common/series/float_histogram_math.h"
#include "common/tsdb/xor2_chunk.h"
#include "common/tsdb/xor_chunk.h"
#include "common/tsdb/xor_pair.h"

namespace epi::tsdb {

Status DecodeFloats(const ChunkData& chunk, FloatColumns* out) {
  if (chunk.encoding == Encoding::kXor) return DecodeXor(chunk.data, out);
  if (chunk.encoding == Encoding::kXor2) return DecodeXor2(chunk.data, out);
  return InvalidArgumentError(StrCat("no float chunk: ", EncodingName(chunk.encoding)));
}

Status ColumnDecoder::OpenFloats(const ChunkData& chunk, const ChunkData* next) {
  if (ahead_of_ != nullptr && ahead_of_ == chunk.data.data()) {
    std::swap(floats_, ahead_);
    ahead_of_ = nullptr;
    return OkStatus();
  }
  if (next == nullptr || chunk.encoding != Encoding::kXor || next->encoding != Encoding::kXor) return DecodeFloats(chunk, &floats_);
  XorPairStatus decoded = DecodeXorPair(chunk.data, next->data, &floats_, &ahead_);
  // An error of the next one is told when it is opened.
  ahead_of_ = decoded.second.ok() ? next->data.data() : nullptr;
  return std::move(decoded.first);
}

Status ColumnDecoder::Open(const ChunkData& chunk, const ChunkData* next) {
  kind_ = SampleKind::kNone;
  switch (KindOf(chunk.encoding)) {
    case SampleKind::kFloat:
      RETURN_IF_ERROR(OpenFloats(chunk, next));
      floats_pending_ = floats_.size() > 0;
      break;
    case SampleKind::kHistogram:
      RETURN_IF_ERROR(histogram_reader_.Open(chunk));
      break;
    case SampleKind::kFloatHistogram:
      RETURN_IF_ERROR(float_histogram_reader_.Open(chunk));
      break;
    case SampleKind::kNone:
      if (chunk.encoding == Encoding::kAggregate) return InvalidArgumentError("an aggregate chunk has no samples of its own");
      return DataLossError(StrCat("chunk has ", EncodingName(chunk.encoding)));
  }
  kind_ = KindOf(chunk.encoding);
  new_chunk_ = true;
  has_start_times_ = HasStartTimes(chunk.encoding);
  return OkStatus();
}

// A slot that holds a histogram of the current layout needs only its numbers.
template <typename Reader>
void ColumnDecoder::FillSlot(Reader* reader, size_t slot) {
  series::FloatHistogram& histogram = histograms_[slot];
  if (reader->stale()) {
    reader->CopyTo(&histogram);
    slot_layouts_[slot] = 0;
  } else if (slot_layouts_[slot] == layout_id_) {
    reader->CopyNumbersTo(&histogram);
  } else {
    reader->CopyTo(&histogram);
    slot_layouts_[slot] = layout_id_;
  }
  if (histogram.schema > series::kExponentialSchemaMax) {
    series::ReduceToSchema(&histogram, series::kExponentialSchemaMax);
    slot_layouts_[slot] = 0;
  }
}

template <typename Reader>
Status ColumnDecoder::FillHistograms(Reader* reader) {
  if (histograms_.empty()) {
    histograms_.resize(kHistogramsPerBatch);
    times_ms_.resize(kHistogramsPerBatch);
    start_times_ms_.resize(kHistogramsPerBatch);
    slot_layouts_.resize(kHistogramsPerBatch);
  }
  filled_ = 0;
  while (filled_ < kHistogramsPerBatch && reader->TryNext()) {
    if (new_chunk_) NoteLayout(reader->layout());
    times_ms_[filled_] = reader->t_ms();
    start_times_ms_[filled_] = reader->start_ms();
    FillSlot(reader, filled_);
    ++filled_;
  }
  return reader->status();
}

// Chunks of one series mostly have one layout: then slots stay as they are.
void ColumnDecoder::NoteLayout(const HistogramLayout& layout) {
  new_chunk_ = false;
  if (layout_id_ != 0 && layout == layout_) return;
  layout_ = layout;
  ++layout_id_;
}

Result<const series::SampleBatch*> ColumnDecoder::Next() {
  batch_ = {};
  if (kind_ == SampleKind::kFloat) {
    if (!floats_pending_) return nullptr;
    floats_pending_ = false;
    batch_.times_ms = floats_.times_ms();
    batch_.values = floats_.values();
    batch_.start_times_ms = floats_.start_times_ms();
    return &batch_;
  }
  if (kind_ == SampleKind::kNone) return nullptr;
  RETURN_IF_ERROR(kind_ == SampleKind::kHistogram ? FillHistograms(&histogram_reader_) : FillHistograms(&float_histogram_reader_));
  if (filled_ == 0) return nullptr;
  batch_.times_ms = {times_ms_.data(), filled_};
  batch_.histograms = {histograms_.data(), filled_};
  if (has_start_times_) batch_.start_times_ms = {start_times_ms_.data(), filled_};
  return &batch_;
}

}  // namespace epi::tsdb
