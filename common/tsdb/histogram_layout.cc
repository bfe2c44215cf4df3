#include "common/tsdb/histogram_layout.h"

#include <cmath>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/str_cat.h"
#include "common/tsdb/varbit.h"

namespace epi::tsdb {
namespace {

using series::CounterResetHint;
using series::Span;

// Schemas outside −4…8 that a later version may write; readers reduce them.
constexpr int32_t kReservedSchemaMin = -9;
constexpr int32_t kReservedSchemaMax = 52;
constexpr uint8_t kRawThreshold = 0xff;
constexpr int kThresholdBias = 244;
constexpr uint64_t kCustomValueWholeMax = 33554430;
constexpr double kCustomValueScale = 1000;
// A span's two numbers, a custom value: at least so many bits.
constexpr size_t kSpanBitsMin = 2;
constexpr size_t kCustomValueBitsMin = 5;

// The two header bits are the hint's bits swapped.
uint8_t HeaderBits(CounterResetHint hint) {
  const unsigned value = static_cast<unsigned>(hint);
  return static_cast<uint8_t>((value & 1) << 1 | value >> 1);
}
CounterResetHint HintOfHeaderBits(unsigned bits) { return static_cast<CounterResetHint>((bits & 1) << 1 | bits >> 1); }

double ReadZeroThreshold(BitReader* reader) {
  const uint8_t byte = static_cast<uint8_t>(reader->Read(8));
  if (byte == 0) return 0;
  if (byte == kRawThreshold) return std::bit_cast<double>(reader->ReadWide(64));
  return std::ldexp(1.0, byte - kThresholdBias);
}

void WriteZeroThreshold(BitWriter* writer, double threshold) {
  const uint64_t bits = std::bit_cast<uint64_t>(threshold);
  if (bits == 0) return writer->Write(0, 8);
  int exponent = 0;
  if (std::frexp(threshold, &exponent) == 0.5) {
    const int byte = exponent - 1 + kThresholdBias;
    if (byte >= 1 && byte < kRawThreshold) return writer->Write(static_cast<uint64_t>(byte), 8);
  }
  writer->Write(kRawThreshold, 8);
  writer->Write(bits, 64);
}

Status ReadSpans(BitReader* reader, uint64_t buckets_max, std::vector<Span>* spans) {
  const uint64_t count = ReadVarbitUint(reader);
  if (count > reader->remaining_bits() / kSpanBitsMin) return DataLossError(StrCat("histogram chunk claims ", count, " spans"));
  spans->resize(count);
  uint64_t buckets = 0;
  int64_t index = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t length = ReadVarbitUint(reader);
    const int64_t offset = ReadVarbitInt(reader);
    if (length > buckets_max - buckets) return DataLossError("histogram chunk claims more buckets than it can hold");
    buckets += length;
    const bool in_range = offset >= INT32_MIN && offset <= INT32_MAX && (i == 0 || offset >= 0);
    if (!in_range) return DataLossError(StrCat("histogram chunk has a span with offset ", offset));
    index += offset + static_cast<int64_t>(length);
    if (index > INT32_MAX) return DataLossError("histogram chunk has bucket indexes out of range");
    (*spans)[i] = {static_cast<int32_t>(offset), static_cast<uint32_t>(length)};
  }
  return OkStatus();
}

void WriteSpans(BitWriter* writer, const std::vector<Span>& spans) {
  WriteVarbitUint(writer, spans.size());
  for (const Span& span : spans) {
    WriteVarbitUint(writer, span.length);
    WriteVarbitInt(writer, span.offset);
  }
}

Status ReadCustomValues(BitReader* reader, std::vector<double>* values) {
  const uint64_t count = ReadVarbitUint(reader);
  if (count > reader->remaining_bits() / kCustomValueBitsMin) {
    return DataLossError(StrCat("histogram chunk claims ", count, " custom bounds"));
  }
  values->resize(count);
  for (double& value : *values) {
    const uint64_t whole = ReadVarbitUint(reader);
    value = whole == 0 ? std::bit_cast<double>(reader->ReadWide(64)) : static_cast<double>(whole - 1) / kCustomValueScale;
  }
  return OkStatus();
}

void WriteCustomValues(BitWriter* writer, const std::vector<double>& values) {
  WriteVarbitUint(writer, values.size());
  for (const double value : values) {
    const double scaled = value * kCustomValueScale;
    const bool in_range = scaled >= 0 && scaled <= static_cast<double>(kCustomValueWholeMax);
    const uint64_t whole = in_range ? static_cast<uint64_t>(scaled) : 0;
    // Only what reads back as the same bits; fractions, −0 and rounded products do not.
    if (in_range && std::bit_cast<uint64_t>(static_cast<double>(whole) / kCustomValueScale) == std::bit_cast<uint64_t>(value)) {
      WriteVarbitUint(writer, whole + 1);
    } else {
      writer->Write(0, 1);
      writer->Write(std::bit_cast<uint64_t>(value), 64);
    }
  }
}

bool KnownSchema(int64_t schema) {
  return schema == series::kCustomBucketsSchema || (schema >= kReservedSchemaMin && schema <= kReservedSchemaMax);
}

}  // namespace

Result<HistogramHeader> ReadHistogramHeader(const ChunkData& chunk) {
  ByteReader reader(chunk.data);
  const uint8_t byte0 = reader.U8();
  const uint8_t byte1 = reader.U8();
  const uint8_t byte2 = reader.U8();
  if (!reader.ok()) return DataLossError("histogram chunk ends within its header");
  HistogramHeader header;
  if (HasStartTimes(chunk.encoding)) {
    header.count = (byte0 & 0x3fu) << 8 | byte1;
    header.reset = HintOfHeaderBits(byte0 >> 6);
    header.start_times = StartTimeHeader(byte2);
  } else {
    header.count = unsigned{byte0} << 8 | byte1;
    header.reset = HintOfHeaderBits(byte2 >> 6);
  }
  return header;
}

void PatchHistogramHeader(Encoding encoding, const HistogramHeader& header, std::string* data) {
  CHECK(data->size() >= kHistogramHeaderBytes);
  CHECK(header.count <= HistogramChunkSamplesMax(encoding));
  const unsigned flags = unsigned{HeaderBits(header.reset)} << 6;
  const bool start_times = HasStartTimes(encoding);
  (*data)[0] = static_cast<char>(header.count >> 8 | (start_times ? flags : 0));
  (*data)[1] = static_cast<char>(header.count & 0xff);
  (*data)[2] = static_cast<char>(start_times ? header.start_times.byte() : flags);
}

size_t BucketCount(const std::vector<Span>& spans) {
  size_t count = 0;
  for (const Span& span : spans) count += span.length;
  return count;
}

Status ReadHistogramLayout(BitReader* reader, size_t bucket_bits_min, HistogramLayout* layout) {
  layout->zero_threshold = ReadZeroThreshold(reader);
  const int64_t schema = ReadVarbitInt(reader);
  if (!KnownSchema(schema)) return DataLossError(StrCat("histogram chunk has unknown schema ", schema));
  layout->schema = static_cast<int32_t>(schema);
  const uint64_t buckets_max = reader->remaining_bits() / bucket_bits_min;
  RETURN_IF_ERROR(ReadSpans(reader, buckets_max, &layout->positive_spans));
  RETURN_IF_ERROR(ReadSpans(reader, buckets_max, &layout->negative_spans));
  layout->custom_values.clear();
  if (schema == series::kCustomBucketsSchema) RETURN_IF_ERROR(ReadCustomValues(reader, &layout->custom_values));
  if (!reader->ok()) return DataLossError("histogram chunk ends within its layout");
  return OkStatus();
}

void WriteHistogramLayout(BitWriter* writer, const HistogramLayout& layout) {
  WriteZeroThreshold(writer, layout.zero_threshold);
  WriteVarbitInt(writer, layout.schema);
  WriteSpans(writer, layout.positive_spans);
  WriteSpans(writer, layout.negative_spans);
  if (layout.schema == series::kCustomBucketsSchema) WriteCustomValues(writer, layout.custom_values);
}

}  // namespace epi::tsdb
