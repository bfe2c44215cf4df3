#include "common/tsdb/chunk_iterator.h"

#include "common/base/str_cat.h"
#include "common/tsdb/chunk_cutter.h"
#include "common/tsdb/column_decoder.h"

namespace epi::tsdb {

Status ChunkIterator::Open(const ChunkData& chunk) {
  kind_ = SampleKind::kNone;
  begun_ = false;
  position_ = 0;
  switch (KindOf(chunk.encoding)) {
    case SampleKind::kFloat:
      RETURN_IF_ERROR(DecodeFloats(chunk, &floats_));
      break;
    case SampleKind::kHistogram:
      RETURN_IF_ERROR(histograms_.Open(chunk));
      break;
    case SampleKind::kFloatHistogram:
      RETURN_IF_ERROR(float_histograms_.Open(chunk));
      break;
    case SampleKind::kNone:
      if (chunk.encoding == Encoding::kAggregate) return InvalidArgumentError("an aggregate chunk has no samples of its own");
      return DataLossError(StrCat("chunk has ", EncodingName(chunk.encoding)));
  }
  kind_ = KindOf(chunk.encoding);
  return OkStatus();
}

Result<bool> ChunkIterator::Next() {
  begun_ = true;
  switch (kind_) {
    case SampleKind::kHistogram:
      return histograms_.Next();
    case SampleKind::kFloatHistogram:
      return float_histograms_.Next();
    case SampleKind::kFloat:
      if (position_ == floats_.size()) return false;
      ++position_;
      return true;
    case SampleKind::kNone:
      break;
  }
  return false;
}

Result<bool> ChunkIterator::SeekTo(int64_t t_ms) {
  if (begun_ && this->t_ms() >= t_ms) return true;
  while (TRY(Next())) {
    if (this->t_ms() >= t_ms) return true;
  }
  return false;
}

int64_t ChunkIterator::t_ms() const {
  if (kind_ == SampleKind::kFloat) return floats_.times_ms()[position_ - 1];
  return kind_ == SampleKind::kHistogram ? histograms_.t_ms() : float_histograms_.t_ms();
}

int64_t ChunkIterator::start_ms() const {
  if (kind_ == SampleKind::kFloat) return floats_.start_times_ms().empty() ? 0 : floats_.start_times_ms()[position_ - 1];
  return kind_ == SampleKind::kHistogram ? histograms_.start_ms() : float_histograms_.start_ms();
}

void ChunkIterator::CopyTo(series::FloatHistogram* out) {
  if (kind_ == SampleKind::kHistogram) {
    histograms_.CopyTo(out);
  } else {
    float_histograms_.CopyTo(out);
  }
}

void ChunkIterator::AppendTo(ChunkCutter* cutter) {
  if (kind_ == SampleKind::kFloat) {
    cutter->Append(start_ms(), t_ms(), value());
  } else if (kind_ == SampleKind::kHistogram) {
    histograms_.CopyTo(&histogram_);
    cutter->Append(start_ms(), t_ms(), histogram_);
  } else {
    float_histograms_.CopyTo(&float_histogram_);
    cutter->Append(start_ms(), t_ms(), float_histogram_);
  }
}

}  // namespace epi::tsdb
