#include "common/tsdb/chunk_cutter.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "common/base/check.h"

namespace epi::tsdb {
namespace {

using Policy = ChunkCutterOptions::Policy;

// The part of a chunk that must be full before its end is predicted.
constexpr uint32_t kPredictionPart = 4;

// End of the range of `range_ms` that t is in; division truncates, as upstream's does. No later than the last time there is.
int64_t RangeEnd(int64_t t_ms, int64_t range_ms) {
  const int64_t begin_ms = t_ms / range_ms * range_ms;
  return begin_ms > INT64_MAX - range_ms ? INT64_MAX : begin_ms + range_ms;
}

// Spreads the rest of the range evenly over chunks as long as this one will become: it began at `start`, is at `current` now, and
// will be `ratio_to_full` times as long. In doubles throughout: any two times have a difference there.
int64_t PredictEnd(int64_t start_ms, int64_t current_ms, int64_t range_end_ms, double ratio_to_full) {
  const auto start = static_cast<double>(start_ms);
  const double rest = static_cast<double>(range_end_ms) - start;
  const double chunks = rest / ((static_cast<double>(current_ms) - start + 1) * ratio_to_full);
  if (!(chunks > 1)) return range_end_ms;
  const double end = start + rest / std::floor(chunks);
  return end < static_cast<double>(range_end_ms) ? static_cast<int64_t>(end) : range_end_ms;
}

}  // namespace

ChunkCutter::ChunkCutter(const ChunkCutterOptions& options, std::vector<EncodedChunk>* out)
    : options_(options), out_(out), histograms_(options.histogram_start_times), float_histograms_(options.histogram_start_times) {
  CHECK(KindOf(options.float_encoding) == SampleKind::kFloat);
}

uint32_t ChunkCutter::FloatCount() const { return options_.float_encoding == Encoding::kXor ? xor_.count() : xor2_.count(); }
size_t ChunkCutter::FloatBytes() const { return options_.float_encoding == Encoding::kXor ? xor_.size_bytes() : xor2_.size_bytes(); }

void ChunkCutter::BeginChunk(int64_t t_ms) {
  mint_ms_ = t_ms;
  end_ms_ = RangeEnd(t_ms, options_.range_ms);
  end_predicted_ = false;
}

bool ChunkCutter::CutFloat(int64_t t_ms) {
  const uint32_t count = FloatCount();
  if (count == 0) return false;
  if (cut_asked_ || count == kFloatChunkSamplesMax) return true;
  if (options_.policy != Policy::kHead) return options_.policy == Policy::kCompaction && count >= kSamplesPerChunk;
  if (FloatBytes() > kFloatChunkBytesMax) return true;
  if (count == kSamplesPerChunk / kPredictionPart) end_ms_ = PredictEnd(mint_ms_, maxt_ms_, end_ms_, kPredictionPart);
  return t_ms >= end_ms_ || count >= 2 * kSamplesPerChunk;
}

bool ChunkCutter::CutHistogram(int64_t t_ms, uint32_t count, size_t size_bytes) {
  if (count == 0) return false;
  if (options_.policy != Policy::kHead) return options_.policy == Policy::kCompaction && count >= kSamplesPerChunk;
  const int64_t range_end_ms = RangeEnd(mint_ms_, options_.range_ms);
  if (!end_predicted_ && size_bytes >= kHistogramChunkBytes / kPredictionPart) {
    end_ms_ = PredictEnd(mint_ms_, maxt_ms_, end_ms_, static_cast<double>(kHistogramChunkBytes) / static_cast<double>(size_bytes));
    end_predicted_ = true;
  }
  const bool due = t_ms >= end_ms_ || size_bytes >= 2 * kHistogramChunkBytes;
  return due && (count >= kHistogramChunkSamplesMin || t_ms >= range_end_ms);
}

void ChunkCutter::EndFloatChunk() {
  const uint32_t count = FloatCount();
  if (count == 0) return;
  const bool is_xor = options_.float_encoding == Encoding::kXor;
  out_->push_back({options_.float_encoding, count, mint_ms_, maxt_ms_, is_xor ? xor_.Finish() : xor2_.Finish()});
}

void ChunkCutter::ChangeKind(SampleKind kind) {
  if (kind == kind_) return;
  Finish();
  kind_ = kind;
}

void ChunkCutter::Append(int64_t start_ms, int64_t t_ms, double value) {
  ChangeKind(SampleKind::kFloat);
  if (CutFloat(t_ms)) EndFloatChunk();
  cut_asked_ = false;
  if (FloatCount() == 0) BeginChunk(t_ms);
  if (options_.float_encoding == Encoding::kXor) {
    xor_.Append(t_ms, value);
  } else {
    xor2_.Append(start_ms, t_ms, value);
  }
  maxt_ms_ = t_ms;
}

template <typename Appender, typename Sample>
void ChunkCutter::AppendHistogram(Appender* appender, SampleKind kind, int64_t start_ms, int64_t t_ms, const Sample& sample) {
  ChangeKind(kind);
  const bool first = appender->count() == 0;
  const bool planned = CutHistogram(t_ms, appender->count(), appender->size_bytes());
  std::optional<EncodedChunk> ended = appender->Append(start_ms, t_ms, sample, planned || cut_asked_, header_asked_);
  cut_asked_ = false;
  header_asked_.reset();
  if (first || ended.has_value()) BeginChunk(t_ms);
  if (ended.has_value()) out_->push_back(*std::move(ended));
  maxt_ms_ = t_ms;
}

void ChunkCutter::Append(int64_t start_ms, int64_t t_ms, const series::Histogram& histogram) {
  AppendHistogram(&histograms_, SampleKind::kHistogram, start_ms, t_ms, histogram);
}

void ChunkCutter::Append(int64_t start_ms, int64_t t_ms, const series::FloatHistogram& histogram) {
  AppendHistogram(&float_histograms_, SampleKind::kFloatHistogram, start_ms, t_ms, histogram);
}

void ChunkCutter::CutBeforeNext(std::optional<series::CounterResetHint> header) {
  cut_asked_ = true;
  header_asked_ = header;
}

void ChunkCutter::Finish() {
  EndFloatChunk();
  if (std::optional<EncodedChunk> last = histograms_.Finish(); last.has_value()) out_->push_back(*std::move(last));
  if (std::optional<EncodedChunk> last = float_histograms_.Finish(); last.has_value()) out_->push_back(*std::move(last));
  kind_ = SampleKind::kNone;
  cut_asked_ = false;
  header_asked_.reset();
}

}  // namespace epi::tsdb
