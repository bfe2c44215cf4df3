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

bool ParseLabel(std::string_view encoded, labels::Label* label) {
  FieldReader fields(encoded);
  while (const uint32_t tag = fields.Next()) {
    if (tag == BytesTag(1)) label->name = fields.bytes();
    if (tag == BytesTag(2)) label->value = fields.bytes();
  }
  return fields.ok();
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

Result<labels::Labels> ToLabels(const SeriesView& series) {
  if (IsCanonical(series.labels)) return labels::Labels::FromSorted(series.labels);
  return labels::Labels::FromUnsorted(series.labels);
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
  FieldWriter out(series);
  for (const labels::Label label : labels) {
    out.Header(1, BytesFieldSize(label.name.size()) + BytesFieldSize(label.value.size()));
    out.Bytes(1, label.name);
    out.Bytes(2, label.value);
  }
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
