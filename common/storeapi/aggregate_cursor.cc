#include "common/storeapi/aggregate_cursor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/str_cat.h"
#include "common/storeapi/counter_join.h"
#include "common/tsdb/chunk_cursor.h"
#include "common/tsdb/column_decoder.h"

namespace epi::storeapi {
namespace {

using series::SampleBatch;

std::string_view AggregateName(Aggregate aggregate) {
  constexpr std::string_view kNames[kAggregates] = {"raw", "count", "sum", "min", "max", "counter"};
  return kNames[static_cast<size_t>(aggregate)];
}

Result<tsdb::ChunkData> ToChunkData(const AggrChunkView& chunk, const WireChunkSlots& slots, Aggregate aggregate) {
  const auto range = [&] { return StrCat("chunk with samples from ", chunk.mint_ms, " to ", chunk.maxt_ms); };
  if (!slots.Has(aggregate)) return DataLossError(StrCat(range(), " has no aggregate ", AggregateName(aggregate)));
  const WireChunk& slot = slots[aggregate];
  if (slot.encoding > static_cast<uint64_t>(WireEncoding::kXor2)) return DataLossError(StrCat(range(), " has unknown encoding ", slot.encoding));
  // The numbers on disk are those of the wire plus one.
  return tsdb::ChunkData{static_cast<tsdb::Encoding>(slot.encoding + 1), slot.data};
}

// Samples of one chunk after the other, as columns that are filled here.
class FilledCursor : public series::SampleCursor {
 public:
  void SkipTo(int64_t /*t_ms*/) override {}

 protected:
  void Clear() {
    times_.clear();
    values_.clear();
    histograms_.clear();
  }
  // Null when nothing was filled.
  const SampleBatch* Filled() {
    if (times_.empty()) return nullptr;
    batch_ = {.times_ms = times_, .values = values_, .histograms = histograms_, .start_times_ms = {}};
    return &batch_;
  }

  std::vector<int64_t> times_;
  std::vector<double> values_;
  std::vector<series::FloatHistogram> histograms_;
  SampleBatch batch_;
};

// Sum divided by count.
class AverageCursor : public FilledCursor {
 public:
  AverageCursor(tsdb::ChunkData count, tsdb::ChunkData sum, std::string source, std::shared_ptr<const void> owner)
      : count_(count), sum_(sum), source_(std::move(source)), owner_(std::move(owner)) {}

  Result<const SampleBatch*> Next() override {
    if (!counts_read_) {
      RETURN_IF_ERROR(tsdb::DecodeFloats(count_, &counts_).WithContext(source_));
      RETURN_IF_ERROR(sums_.Open(sum_).WithContext(source_));
      counts_read_ = true;
    }
    for (;;) {
      const SampleBatch* sums = TRY(sums_.Next().WithContext(source_));
      if (sums == nullptr) return nullptr;
      Clear();
      for (size_t i = 0; i < sums->size(); ++i) Divide(*sums, i);
      if (const SampleBatch* filled = Filled()) return filled;
    }
  }

 private:
  // Counts without a sum, and sums without a count, are no average.
  void Divide(const SampleBatch& sums, size_t i) {
    const int64_t t = sums.times_ms[i];
    const auto count_times = counts_.times_ms();
    while (next_count_ < count_times.size() && count_times[next_count_] < t) ++next_count_;
    if (next_count_ == count_times.size() || count_times[next_count_] != t) return;
    const double count = counts_.values()[next_count_];
    if (count == 0) return;
    times_.push_back(t);
    if (sums.is_histogram()) {
      series::Divide(&histograms_.emplace_back(sums.histograms[i]), count);
    } else {
      values_.push_back(sums.values[i] / count);
    }
  }

  const tsdb::ChunkData count_;
  const tsdb::ChunkData sum_;
  const std::string source_;
  const std::shared_ptr<const void> owner_;
  bool counts_read_ = false;
  tsdb::FloatColumns counts_;
  tsdb::ColumnDecoder sums_;
  size_t next_count_ = 0;
};

// Counter chunks joined.
class CounterCursor : public FilledCursor {
 public:
  CounterCursor(std::vector<tsdb::ChunkData> chunks, std::string source, std::shared_ptr<const void> owner)
      : chunks_(std::move(chunks)), source_(std::move(source)), owner_(std::move(owner)) {}

  Result<const SampleBatch*> Next() override {
    for (;;) {
      const SampleBatch* decoded = open_ ? TRY(decoder_.Next().WithContext(source_)) : nullptr;
      if (decoded == nullptr) {
        if (next_chunk_ == chunks_.size()) return nullptr;
        RETURN_IF_ERROR(decoder_.Open(chunks_[next_chunk_++]).WithContext(source_));
        open_ = true;
        continue;
      }
      Clear();
      RETURN_IF_ERROR(Join(*decoded).WithContext(source_));
      if (const SampleBatch* filled = Filled()) return filled;
    }
  }

 private:
  Status Join(const SampleBatch& decoded) {
    for (size_t i = 0; i < decoded.size(); ++i) {
      const int64_t t = decoded.times_ms[i];
      if (decoded.is_histogram()) {
        if (!TRY(histogram_join_.Feed(t, decoded.histograms[i]))) continue;
        histograms_.push_back(histogram_join_.total());
      } else {
        if (!join_.Feed(t, decoded.values[i])) continue;
        values_.push_back(join_.total());
      }
      times_.push_back(t);
    }
    return OkStatus();
  }

  const std::vector<tsdb::ChunkData> chunks_;
  const std::string source_;
  const std::shared_ptr<const void> owner_;
  size_t next_chunk_ = 0;
  bool open_ = false;
  tsdb::ColumnDecoder decoder_;
  CounterJoin join_;
  HistogramCounterJoin histogram_join_;
};

class ConcatCursor : public series::SampleCursor {
 public:
  explicit ConcatCursor(std::vector<std::unique_ptr<series::SampleCursor>> parts) : parts_(std::move(parts)) {}
  Result<const SampleBatch*> Next() override {
    for (; next_ < parts_.size(); ++next_) {
      const SampleBatch* batch = TRY(parts_[next_]->Next());
      if (batch != nullptr) return batch;
      parts_[next_].reset();
    }
    return nullptr;
  }
  void SkipTo(int64_t t_ms) override {
    for (size_t i = next_; i < parts_.size(); ++i) parts_[i]->SkipTo(t_ms);
  }

 private:
  std::vector<std::unique_ptr<series::SampleCursor>> parts_;
  size_t next_ = 0;
};

// Reports what is wrong with a chunk when its samples are asked for.
class FailingCursor : public series::SampleCursor {
 public:
  explicit FailingCursor(Status status) : status_(std::move(status)) {}
  Result<const SampleBatch*> Next() override { return status_; }
  void SkipTo(int64_t /*t_ms*/) override {}

 private:
  const Status status_;
};

// Builds the cursor of one row.
class RowReader {
 public:
  RowReader(std::vector<AggrChunkView> chunks, AggregateUse use, std::string source, std::shared_ptr<const void> owner)
      : chunks_(std::move(chunks)), use_(use), source_(std::move(source)), owner_(std::move(owner)) {}

  Result<std::unique_ptr<series::SampleCursor>> Read() {
    bool all_raw = true;
    for (const AggrChunkView& chunk : chunks_) {
      slots_.push_back(TRY(ParseChunkSlots(chunk.encoded)));
      all_raw = all_raw && slots_.back().Has(Aggregate::kRaw);
    }
    if (use_ == AggregateUse::kCounter && !all_raw) return ReadCounter();
    for (size_t i = 0; i < chunks_.size(); ++i) RETURN_IF_ERROR(Add(i));
    FlushPlain();
    if (parts_.size() == 1) return std::move(parts_.front());
    return std::make_unique<ConcatCursor>(std::move(parts_));
  }

 private:
  Result<std::unique_ptr<series::SampleCursor>> ReadCounter() {
    std::vector<tsdb::ChunkData> counters;
    for (size_t i = 0; i < chunks_.size(); ++i) {
      const bool raw = slots_[i].Has(Aggregate::kRaw);
      counters.push_back(TRY(ToChunkData(chunks_[i], slots_[i], raw ? Aggregate::kRaw : Aggregate::kCounter)));
    }
    return std::make_unique<CounterCursor>(std::move(counters), source_, owner_);
  }

  Status Add(size_t i) {
    if (slots_[i].Has(Aggregate::kRaw) || use_ != AggregateUse::kAverage) {
      const tsdb::ChunkData data = TRY(ToChunkData(chunks_[i], slots_[i], slots_[i].Has(Aggregate::kRaw) ? Aggregate::kRaw : PlainAggregate()));
      plain_.push_back({.mint_ms = chunks_[i].mint_ms, .maxt_ms = chunks_[i].maxt_ms, .ref = {}, .chunk = data});
      return OkStatus();
    }
    FlushPlain();
    const tsdb::ChunkData count = TRY(ToChunkData(chunks_[i], slots_[i], Aggregate::kCount));
    const tsdb::ChunkData sum = TRY(ToChunkData(chunks_[i], slots_[i], Aggregate::kSum));
    parts_.push_back(std::make_unique<AverageCursor>(count, sum, source_, owner_));
    return OkStatus();
  }

  Aggregate PlainAggregate() const { return AggregatesOf(use_).front(); }

  void FlushPlain() {
    if (plain_.empty()) return;
    parts_.push_back(std::make_unique<tsdb::ChunkCursor>(std::move(plain_), source_, owner_));
    plain_.clear();
  }

  const std::vector<AggrChunkView> chunks_;
  const AggregateUse use_;
  const std::string source_;
  const std::shared_ptr<const void> owner_;
  std::vector<WireChunkSlots> slots_;
  std::vector<tsdb::ChunkView> plain_;
  std::vector<std::unique_ptr<series::SampleCursor>> parts_;
};

}  // namespace

AggregateUse AggregateUseOf(std::string_view f) {
  const auto is = [&](std::string_view plain) { return f == plain || (f.starts_with(plain) && f[plain.size()] == '_'); };
  if (is("min")) return AggregateUse::kMin;
  if (is("max")) return AggregateUse::kMax;
  if (is("count")) return AggregateUse::kCount;
  // Plain sum() adds up series, each at its average; sum_over_time adds up the samples of one.
  if (f.starts_with("sum_")) return AggregateUse::kSum;
  for (const std::string_view counter : {"rate", "irate", "increase", "resets", "xrate", "xincrease"}) {
    if (f == counter) return AggregateUse::kCounter;
  }
  return AggregateUse::kAverage;
}

std::vector<Aggregate> AggregatesOf(AggregateUse use) {
  switch (use) {
    case AggregateUse::kAverage: return {Aggregate::kCount, Aggregate::kSum};
    case AggregateUse::kMin: return {Aggregate::kMin};
    case AggregateUse::kMax: return {Aggregate::kMax};
    case AggregateUse::kCount: return {Aggregate::kCount};
    case AggregateUse::kSum: return {Aggregate::kSum};
    case AggregateUse::kCounter: return {Aggregate::kCounter};
  }
  return {};
}

bool RawChunks(const std::vector<AggrChunkView>& chunks, std::vector<tsdb::ChunkView>* raw) {
  raw->reserve(chunks.size());
  for (const AggrChunkView& chunk : chunks) {
    const auto slots = ParseChunkSlots(chunk.encoded);
    if (!slots.ok()) return false;
    const auto data = ToChunkData(chunk, *slots, Aggregate::kRaw);
    if (!data.ok()) return false;
    raw->push_back({.mint_ms = chunk.mint_ms, .maxt_ms = chunk.maxt_ms, .ref = {}, .chunk = *data});
  }
  return true;
}

std::unique_ptr<series::SampleCursor> ReadRow(std::vector<AggrChunkView> chunks, AggregateUse use, std::string source,
                                              std::shared_ptr<const void> owner) {
  auto cursor = RowReader(std::move(chunks), use, source, std::move(owner)).Read();
  if (!cursor.ok()) return std::make_unique<FailingCursor>(cursor.status().WithContext(source));
  return std::move(*cursor);
}

}  // namespace epi::storeapi
