#include "common/tsdb/chunk_verify.h"

#include "common/base/str_cat.h"
#include "common/tsdb/aggregate_chunk.h"

namespace epi::tsdb {
namespace {

constexpr uint64_t kChunksPerCheck = 1024;
constexpr uint64_t kChunksPerProgress = kChunksPerCheck * 16;
constexpr uint32_t kGiveBackBytes = 8 << 20;

// Whether times of neighbouring samples may be equal: in counter slots they tell the last raw value.
enum class Repeats { kNone, kAllowed };

struct SampleSpan {
  uint32_t samples = 0;
  int64_t first_ms = 0;
  int64_t last_ms = 0;
};

Result<SampleSpan> DecodeAll(const ChunkData& data, Repeats repeats, ChunkIterator* it) {
  RETURN_IF_ERROR(it->Open(data));
  SampleSpan span;
  while (TRY(it->Next())) {
    const int64_t t_ms = it->t_ms();
    if (span.samples == 0) span.first_ms = t_ms;
    const bool rises = t_ms > span.last_ms || (t_ms == span.last_ms && repeats == Repeats::kAllowed);
    if (span.samples > 0 && !rises) return DataLossError("times do not increase");
    span.last_ms = t_ms;
    ++span.samples;
  }
  return span;
}

Status CheckSpan(const SampleSpan& span, const ChunkMeta& chunk) {
  if (span.samples == 0) return DataLossError("has no samples");
  if (span.first_ms != chunk.mint_ms) return DataLossError("first sample is not where the index says");
  if (span.last_ms != chunk.maxt_ms) return DataLossError("last sample is not where the index says");
  return OkStatus();
}

}  // namespace

void ChunkVerifier::Problem(const labels::Labels& labels, ChunkRef ref, std::string_view what) {
  out_->AddProblem(StrCat(block_.directory(), ": series ", labels.ToString(), ": chunk ", ToString(ref), ": ", what));
}

Status ChunkVerifier::VerifySeries(const labels::Labels& labels, const SeriesEntry& entry) {
  if (entry.chunks.empty()) out_->AddProblem(StrCat(block_.directory(), ": series ", labels.ToString(), ": has no chunks"));
  for (size_t i = 0; i < entry.chunks.size(); ++i) {
    ++out_->stats.chunks;
    VerifyTimes(labels, entry, i);
    RETURN_IF_ERROR(VerifyChunk(labels, entry.chunks[i]));
  }
  return OkStatus();
}

void ChunkVerifier::VerifyTimes(const labels::Labels& labels, const SeriesEntry& entry, size_t i) {
  const ChunkMeta& chunk = entry.chunks[i];
  if (i > 0 && chunk.mint_ms <= entry.chunks[i - 1].maxt_ms) Problem(labels, chunk.ref, "overlaps the one before");
  if (chunk.mint_ms < block_.meta().min_time_ms || chunk.maxt_ms >= block_.meta().max_time_ms) {
    Problem(labels, chunk.ref, "is outside the time range of the block");
  }
}

Status ChunkVerifier::VerifyChunk(const labels::Labels& labels, const ChunkMeta& chunk) {
  if (chunk.ref < at_) {
    Problem(labels, chunk.ref, "lies before, or within, a chunk that was there before");
    return OkStatus();
  }
  RETURN_IF_ERROR(WalkTo(chunk.ref));
  if (at_ != chunk.ref) {
    Problem(labels, chunk.ref, "no chunk starts there");
    return OkStatus();
  }
  const Result<ChunkData> data = Take();
  if (!data.ok()) return OkStatus();
  const Status verified = VerifyData(chunk, *data);
  if (!verified.ok()) Problem(labels, chunk.ref, verified.message());
  return OkStatus();
}

Status ChunkVerifier::VerifyData(const ChunkMeta& chunk, const ChunkData& data) {
  const uint32_t samples = TRY(SampleCount(data));
  out_->stats.samples += samples;
  const SampleKind kind = KindOf(data.encoding);
  if (kind == SampleKind::kFloat) out_->stats.float_samples += samples;
  if (kind == SampleKind::kHistogram || kind == SampleKind::kFloatHistogram) out_->stats.histogram_samples += samples;
  any_aggregate_ |= kind == SampleKind::kNone;
  any_raw_ |= kind != SampleKind::kNone;
  if (!options_.decode_samples) return OkStatus();
  if (kind == SampleKind::kNone) return VerifyAggregates(chunk, data);
  const SampleSpan span = TRY(DecodeAll(data, Repeats::kNone, &iterator_));
  if (span.samples != samples) return DataLossError(StrCat("has ", span.samples, " samples, not ", samples));
  return CheckSpan(span, chunk);
}

Status ChunkVerifier::VerifyAggregates(const ChunkMeta& chunk, const ChunkData& data) {
  const AggregateChunk slots = TRY(ParseAggregateChunk(data.data));
  for (size_t i = 0; i < kAggregateSlots; ++i) {
    const auto slot = static_cast<AggregateSlot>(i);
    if (slots[slot].encoding == Encoding::kNone) continue;
    const Repeats repeats = slot == AggregateSlot::kCounter ? Repeats::kAllowed : Repeats::kNone;
    const SampleSpan span = TRY(DecodeAll(slots[slot], repeats, &iterator_));
    // The count has every window. The counter begins with the first raw sample, which lies before its window's end.
    if (slot == AggregateSlot::kCount) RETURN_IF_ERROR(CheckSpan(span, chunk));
    const bool early = slot != AggregateSlot::kCounter && span.first_ms < chunk.mint_ms;
    if (span.samples > 0 && (early || span.last_ms > chunk.maxt_ms)) {
      return DataLossError(StrCat("aggregate ", i, " has samples outside the chunk"));
    }
  }
  return OkStatus();
}

Status ChunkVerifier::WalkTo(ChunkRef ref) {
  while (at_ < ref && at_.segment() < block_.chunks().segment_count()) {
    if (at_.segment() == ref.segment() && lost_) {
      at_ = ref;
      lost_ = false;
      break;
    }
    RETURN_IF_ERROR(PassChunk());
  }
  return OkStatus();
}

// The chunk at the walk's place, checksum checked; the walk is behind it then.
Result<ChunkData> ChunkVerifier::Take() {
  if (++passed_ % kChunksPerProgress == 0 && options_.progress) {
    const auto size = static_cast<double>(block_.chunks().segment(at_.segment()).size());
    options_.progress((at_.segment() + at_.offset() / size) / static_cast<double>(block_.chunks().segment_count()));
  }
  ChunkRef next(at_.segment(), at_.offset() + 1);
  const Result<ChunkData> chunk = block_.chunks().ReadUnmarked(at_, &next);
  if (!chunk.ok()) out_->AddProblem(std::string(chunk.status().message()));
  // The length of a bad chunk is not believed: only the next reference tells where to go on.
  lost_ = !chunk.ok();
  at_ = next;
  GiveBack();
  return chunk;
}

Status ChunkVerifier::PassChunk() {
  if (passed_ % kChunksPerCheck == 0) RETURN_IF_ERROR(ctx_.Check());
  const size_t size = block_.chunks().segment(at_.segment()).size();
  if (!lost_ && at_.offset() < size) {
    (void)Take();
    return OkStatus();
  }
  block_.chunks().Forget(at_.segment(), kept_from_, size);
  at_ = ChunkRef(at_.segment() + 1, kChunkSegmentHeaderBytes);
  lost_ = false;
  kept_from_ = 0;
  return OkStatus();
}

void ChunkVerifier::GiveBack() {
  // One page behind: the chunk that was just taken is still to be decoded.
  if (at_.offset() - kept_from_ < kGiveBackBytes) return;
  block_.chunks().Forget(at_.segment(), kept_from_, at_.offset());
  kept_from_ = at_.offset();
}

Status ChunkVerifier::Finish() {
  const auto end = static_cast<uint32_t>(block_.chunks().segment_count());
  return WalkTo(ChunkRef(end, 0));
}

}  // namespace epi::tsdb
