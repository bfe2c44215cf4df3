#include "common/storeapi/wire_series.h"

#include "common/base/str_cat.h"
#include "common/storeapi/wire_writer.h"

namespace epi::storeapi {
namespace {

constexpr uint32_t kSeriesField = 1;
constexpr uint32_t kWarningField = 2;
constexpr uint32_t kHintsField = 3;
constexpr uint32_t kBatchField = 4;

Status Malformed(std::string_view message, size_t offset) {
  return DataLossError(StrCat("malformed protobuf in ", message, " at offset ", offset));
}

// What nearly every label is: name and value in this order, each shorter than 128 bytes.
//
//   0x0a │ name size │ name │ 0x12 │ value size │ value
bool ParseShortLabel(std::string_view encoded, labels::Label* label) {
  const char* const bytes = encoded.data();
  const size_t size = encoded.size();
  if (size < 4 || bytes[0] != '\x0a') return false;
  const auto name_size = static_cast<uint8_t>(bytes[1]);
  if (name_size >= 0x80 || size < size_t{4} + name_size || bytes[2 + name_size] != '\x12') return false;
  const auto value_size = static_cast<uint8_t>(bytes[3 + name_size]);
  if (value_size >= 0x80 || size != size_t{4} + name_size + value_size) return false;
  *label = {std::string_view(bytes + 2, name_size), std::string_view(bytes + 4 + name_size, value_size)};
  return true;
}

// Labels as our own senders and Thanos write them: ordered, each once, none empty.
bool IsCanonical(const std::vector<labels::Label>& labels) {
  std::string_view previous;
  for (const labels::Label& label : labels) {
    if (label.name <= previous || label.value.empty()) return false;
    if (label.name.size() > labels::kLabelBytesMax || label.value.size() > labels::kLabelBytesMax) return false;
    previous = label.name;
  }
  return true;
}

}  // namespace

bool ParseLabel(std::string_view encoded, labels::Label* label) {
  if (ParseShortLabel(encoded, label)) return true;
  FieldReader fields(encoded);
  while (const uint32_t tag = fields.Next()) {
    if (tag == BytesTag(1)) label->name = fields.bytes();
    if (tag == BytesTag(2)) label->value = fields.bytes();
  }
  return fields.ok();
}

Status ParseSeries(std::string_view encoded, SeriesView* series) {
  series->labels.clear();
  series->chunks.clear();
  FieldReader fields(encoded);
  while (const uint32_t tag = fields.Next()) {
    if (tag == BytesTag(1)) {
      if (!ParseLabel(fields.bytes(), &series->labels.emplace_back())) return Malformed("Label", fields.offset());
    } else if (tag == BytesTag(2)) {
      RETURN_IF_ERROR(ParseAggrChunk(fields.bytes(), &series->chunks.emplace_back()));
    }
  }
  return fields.ok() ? OkStatus() : Malformed("Series", fields.offset());
}

Result<labels::Labels> ToLabels(const std::vector<labels::Label>& labels) {
  if (IsCanonical(labels)) return labels::Labels::FromSorted(labels);
  return labels::Labels::FromUnsorted(labels);
}

Result<ResponseReader::Part> ResponseReader::Next() {
  for (;;) {
    if (in_batch_) {
      while (const uint32_t tag = batch_.Next()) {
        if (tag != BytesTag(1)) continue;
        body_ = batch_.bytes();
        return Part::kSeries;
      }
      if (!batch_.ok()) return Malformed("SeriesBatch", batch_.offset());
      in_batch_ = false;
    }
    const uint32_t tag = response_.Next();
    if (tag == 0) {
      if (!response_.ok()) return Malformed("SeriesResponse", response_.offset());
      return Part::kEnd;
    }
    body_ = response_.bytes();
    if (tag == BytesTag(kSeriesField)) return Part::kSeries;
    if (tag == BytesTag(kWarningField)) return Part::kWarning;
    if (tag == BytesTag(kHintsField)) return Part::kHints;
    if (tag == BytesTag(kBatchField)) {
      batch_ = FieldReader(body_);
      in_batch_ = true;
    }
  }
}

void AppendLabels(std::string* series, const labels::Labels& labels) {
  // A label costs at least 4 bytes in our encoding, and at most 4 more than there in protobuf while it is short; long ones
  // cost at most 16 more and are longer than that.
  const size_t begin = series->size();
  series->resize(begin + 2 * labels.encoded().size());
  char* out = series->data() + begin;
  for (const labels::Label label : labels) {
    out = PutBytesHeader(1, BytesFieldSize(label.name.size()) + BytesFieldSize(label.value.size()), out);
    out = PutBytes(1, label.name, out);
    out = PutBytes(2, label.value, out);
  }
  series->resize(static_cast<size_t>(out - series->data()));
}

void AppendSeriesResponse(std::string* out, std::string_view series) { FieldWriter(out).Message(kSeriesField, series); }

void AppendWarningResponse(std::string* out, std::string_view warning) { FieldWriter(out).Message(kWarningField, warning); }

void AppendHintsResponse(std::string* out, std::string_view any) { FieldWriter(out).Message(kHintsField, any); }

void BatchWriter::Add(std::string_view series) {
  FieldWriter(&body_).Element(1, series);
  ++count_;
}

std::string BatchWriter::Take() {
  std::string message;
  message.reserve(body_.size() + 1 + kVarintBytesMax);
  FieldWriter(&message).Message(kBatchField, body_);
  body_.clear();
  count_ = 0;
  return message;
}

}  // namespace epi::storeapi
