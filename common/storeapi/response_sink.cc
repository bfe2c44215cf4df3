#include "common/storeapi/response_sink.h"

#include <algorithm>
#include <utility>

#include "common/base/str_cat.h"

namespace epi::storeapi {
namespace {

// A batch is also sent when it has grown to this size, so that a few large series do not pile up.
constexpr size_t kBatchBytesMax = size_t{1} << 20;

}  // namespace

ResponseSink::ResponseSink(const Context& ctx, const SeriesRequest& request, RequestLimits limits, FrameWriter write)
    : request_(request), limits_(limits), write_(std::move(write)), shard_(request.shard_info), charge_(ctx.memory()) {}

bool ResponseSink::HasReplicaLabel(const labels::Labels& labels) const {
  const auto& names = request_.without_replica_labels;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return labels.Has(name); });
}

bool ResponseSink::full() const {
  return !holding_ && request_.limit > 0 && series_sent_ >= static_cast<uint64_t>(request_.limit);
}

Status ResponseSink::Series(const Context& ctx, const labels::Labels& labels, std::string_view encoded, size_t chunks) {
  RETURN_IF_ERROR(ctx.Check());
  holding_ = holding_ || HasReplicaLabel(labels);
  return holding_ ? Hold(labels, encoded, chunks) : Accept(ctx, labels, encoded, chunks);
}

Status ResponseSink::Hold(const labels::Labels& labels, std::string_view encoded, size_t chunks) {
  Held held{.labels = labels.Without(request_.without_replica_labels), .encoded = {}, .chunks = chunks};
  AppendLabels(&held.encoded, held.labels);
  FieldReader fields(encoded);
  while (const uint32_t tag = fields.Next()) {
    if (tag != BytesTag(1)) held.encoded.append(fields.field());
  }
  RETURN_IF_ERROR(charge_.Add(sizeof(Held) + held.labels.encoded().size() + held.encoded.size(), "series to be sorted without replica labels"));
  held_.push_back(std::move(held));
  return OkStatus();
}

Status ResponseSink::CheckLimits(const labels::Labels& labels, size_t chunks) {
  // A series that is cut into several counts once.
  if (series_sent_ == 0 || labels != last_) ++series_sent_;
  chunks_sent_ += chunks;
  if (limits_.series_max > 0 && series_sent_ > limits_.series_max) {
    return ResourceExhaustedError(StrCat("exceeded series limit: limit ", limits_.series_max, " violated (got ", series_sent_, ")"));
  }
  const uint64_t samples = chunks_sent_ * kSamplesPerChunk;
  if (limits_.samples_max > 0 && samples > limits_.samples_max) {
    return ResourceExhaustedError(StrCat("exceeded samples limit: limit ", limits_.samples_max, " violated (got ", samples, ")"));
  }
  return OkStatus();
}

Status ResponseSink::Accept(const Context& ctx, const labels::Labels& labels, std::string_view encoded, size_t chunks) {
  if (!shard_.Matches(labels)) return OkStatus();
  if (full() && labels != last_) return OkStatus();
  if (series_sent_ > 0 && labels < last_) {
    return InternalError(StrCat("series out of order: ", labels.ToString(), " after ", last_.ToString()));
  }
  RETURN_IF_ERROR(CheckLimits(labels, chunks));
  last_ = labels;
  if (request_.response_batch_size <= 1) {
    std::string message;
    AppendSeriesResponse(&message, encoded);
    return write_(ctx, std::move(message));
  }
  batch_.Add(encoded);
  const bool send = batch_.count() >= static_cast<uint64_t>(request_.response_batch_size) || batch_.size_bytes() >= kBatchBytesMax;
  return send ? Flush(ctx) : OkStatus();
}

Status ResponseSink::Flush(const Context& ctx) { return batch_.count() == 0 ? OkStatus() : write_(ctx, batch_.Take()); }

Status ResponseSink::Warning(const Context& ctx, std::string_view warning) {
  RETURN_IF_ERROR(Flush(ctx));
  std::string message;
  AppendWarningResponse(&message, warning);
  return write_(ctx, std::move(message));
}

Status ResponseSink::Hints(const Context& ctx, std::string_view any) {
  RETURN_IF_ERROR(Flush(ctx));
  std::string message;
  AppendHintsResponse(&message, any);
  return write_(ctx, std::move(message));
}

Status ResponseSink::Finish(const Context& ctx) {
  holding_ = false;
  std::stable_sort(held_.begin(), held_.end(), [](const Held& a, const Held& b) { return a.labels < b.labels; });
  for (const Held& held : held_) {
    RETURN_IF_ERROR(ctx.Check());
    RETURN_IF_ERROR(Accept(ctx, held.labels, held.encoded, held.chunks));
  }
  held_.clear();
  charge_.Reset();
  return Flush(ctx);
}

}  // namespace epi::storeapi
