#include "tests/integration/tsdb/block_text.h"

#include <cstdio>

#include "common/base/json_writer.h"
#include "common/base/str_cat.h"
#include "common/labels/labels.h"
#include "common/tsdb/aggregate_chunk.h"
#include "tests/unit/tsdb/chunk_text.h"

namespace epi {
namespace {

using tsdb::ChunkData;

constexpr const char* kSlotNames[] = {"count", "sum", "min", "max", "counter"};

void AppendLabels(const labels::Labels& labels, std::string* out) {
  char before = '{';
  for (const labels::Label& label : labels) {
    *out += before;
    AppendJsonString(out, label.name);
    *out += ':';
    AppendJsonString(out, label.value);
    before = ',';
  }
  *out += "}\n";
}

Status AppendSamples(const ChunkData& chunk, tsdb::SampleText* text, std::string* out) {
  tsdb::ChunkIterator it;
  RETURN_IF_ERROR(it.Open(chunk));
  while (TRY(it.Next())) StrAppend(out, text->Format(&it), "\n");
  return OkStatus();
}

Status AppendSlots(const ChunkData& chunk, std::string* out) {
  const tsdb::AggregateChunk slots = TRY(tsdb::ParseAggregateChunk(chunk.data));
  for (size_t slot = 0; slot < tsdb::kAggregateSlots; ++slot) {
    const ChunkData& data = slots.slots[slot];
    if (data.encoding == tsdb::Encoding::kNone) continue;
    StrAppend(out, "slot ", kSlotNames[slot], " ", tsdb::EncodingName(data.encoding), "\n");
    tsdb::SampleText text;
    RETURN_IF_ERROR(AppendSamples(data, &text, out));
  }
  return OkStatus();
}

Result<labels::Labels> LabelsOf(const tsdb::IndexReader& index, const tsdb::SeriesEntry& entry) {
  std::vector<labels::Label> views;
  for (const tsdb::LabelSymbols& label : entry.labels) {
    views.push_back({TRY(index.symbols().Get(label.name)), TRY(index.symbols().Get(label.value))});
  }
  return labels::Labels::FromSorted(views);
}

Status AppendSeries(const tsdb::Block& block, tsdb::SeriesId id, std::string* out) {
  tsdb::SeriesEntry entry;
  RETURN_IF_ERROR(block.index().Series(id, &entry));
  StrAppend(out, "series ", id, " ");
  AppendLabels(TRY(LabelsOf(block.index(), entry)), out);
  tsdb::SampleText text;
  for (const tsdb::ChunkMeta& meta : entry.chunks) {
    const ChunkData chunk = TRY(block.chunks().Read(meta.ref));
    StrAppend(out, "chunk ", meta.mint_ms, " ", meta.maxt_ms, " ", tsdb::ToString(meta.ref), " ",
              tsdb::EncodingName(chunk.encoding), " ", TRY(tsdb::SampleCount(chunk)), " ", chunk.data.size(), "\n");
    RETURN_IF_ERROR(chunk.encoding == tsdb::Encoding::kAggregate ? AppendSlots(chunk, out) : AppendSamples(chunk, &text, out));
  }
  return OkStatus();
}

}  // namespace

Status PrintBlock(const tsdb::Block& block) {
  const tsdb::PostingsList ids = TRY(block.index().AllPostings());
  std::string text;
  for (size_t i = 0; i < ids.count(); ++i) {
    text.clear();
    RETURN_IF_ERROR(AppendSeries(block, ids[i], &text));
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return UnavailableError("cannot write to stdout");
  }
  return OkStatus();
}

}  // namespace epi
