// Series and SeriesResponse on the wire.
//
//   SeriesResponse  1 series | 2 warning | 3 hints (Any) | 4 batch { 1 series … }
//   Series          1 labels { 1 name  2 value } …   2 chunks (AggrChunk, wire_chunk.h) …
//
// Contract: a response is read frame by frame; single series and batches may be mixed. Labels and chunks are views, and
//           the view of a series is reused from call to call, so that decoding allocates nothing in the long run.
// Threads:  none.
// Owns:     nothing; views into the received message.
// Errors:   DataLoss naming the message and offset.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/storeapi/wire_chunk.h"
#include "common/storeapi/wire_reader.h"

namespace epi::storeapi {

// One Series message, taken apart into views.
struct SeriesView {
  std::vector<labels::Label> labels;
  std::vector<AggrChunkView> chunks;
};

// Replaces what `series` held; its buffers are kept.
Status ParseSeries(std::string_view encoded, SeriesView* series);

// One Label message, which remote read has, too. False when it is malformed; fields that are missing leave *label as it is.
bool ParseLabel(std::string_view encoded, labels::Label* label);

// The labels as a value of our own. Sorts if the sender did not; drops empty values.
// Errors: InvalidArgument on a repeated, empty or oversized label.
Result<labels::Labels> ToLabels(const std::vector<labels::Label>& labels);
inline Result<labels::Labels> ToLabels(const SeriesView& series) { return ToLabels(series.labels); }

// The parts of one SeriesResponse, in order.
class ResponseReader {
 public:
  enum class Part : uint8_t { kEnd, kSeries, kWarning, kHints };

  explicit ResponseReader(std::string_view message) : response_(message), batch_(std::string_view()) {}

  // The next part. Unknown fields are passed over.
  Result<Part> Next();
  // kSeries: the encoded Series; kWarning: the text; kHints: the encoded Any.
  std::string_view body() const { return body_; }

 private:
  FieldReader response_;
  FieldReader batch_;
  bool in_batch_ = false;
  std::string_view body_;
};

// Appends `labels` as fields 1 of Series.
void AppendLabels(std::string* series, const labels::Labels& labels);

// Appends a whole SeriesResponse. `series` is an encoded Series.
void AppendSeriesResponse(std::string* out, std::string_view series);
void AppendWarningResponse(std::string* out, std::string_view warning);
void AppendHintsResponse(std::string* out, std::string_view any);

// Collects series of one batch frame.
class BatchWriter {
 public:
  void Add(std::string_view series);
  size_t count() const { return count_; }
  size_t size_bytes() const { return body_.size(); }
  // The SeriesResponse; the writer is empty afterwards.
  std::string Take();

 private:
  std::string body_;
  size_t count_ = 0;
};

}  // namespace epi::storeapi
