#include "common/tsdb/chunk.h"

#include "common/base/bytes.h"
#include "common/base/str_cat.h"
#include "common/tsdb/aggregate_chunk.h"

namespace epi::tsdb {

std::string EncodingName(Encoding encoding) {
  switch (encoding) {
    case Encoding::kNone:
      return "none";
    case Encoding::kXor:
      return "XOR";
    case Encoding::kHistogram:
      return "histogram";
    case Encoding::kFloatHistogram:
      return "floathistogram";
    case Encoding::kXor2:
      return "XOR2";
    case Encoding::kHistogramSt:
      return "histogramST";
    case Encoding::kFloatHistogramSt:
      return "floathistogramST";
    case Encoding::kAggregate:
      return "aggregate";
  }
  return StrCat("unknown encoding ", static_cast<unsigned>(encoding));
}

std::string ToString(ChunkRef ref) { return StrCat(ref.segment(), ":", ref.offset()); }

Result<uint32_t> SampleCount(const ChunkData& chunk) {
  if (chunk.encoding == Encoding::kAggregate) {
    const AggregateChunk slots = TRY(ParseAggregateChunk(chunk.data));
    const ChunkData count = slots[AggregateSlot::kCount];
    if (count.encoding == Encoding::kNone) return 0;
    if (KindOf(count.encoding) == SampleKind::kNone) return DataLossError("count slot of an aggregate chunk is not a chunk");
    return SampleCount(count);
  }
  if (KindOf(chunk.encoding) == SampleKind::kNone) return DataLossError(StrCat("chunk has ", EncodingName(chunk.encoding)));
  ByteReader reader(chunk.data);
  const uint16_t first = reader.U16Be();
  if (!reader.ok()) return DataLossError("chunk ends within its header");
  const bool two_flag_bits = chunk.encoding == Encoding::kHistogramSt || chunk.encoding == Encoding::kFloatHistogramSt;
  return two_flag_bits ? first & 0x3fffu : first;
}

}  // namespace epi::tsdb
