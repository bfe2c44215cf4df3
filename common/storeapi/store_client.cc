#include "common/storeapi/store_client.h"

namespace epi::storeapi {

SeriesStream::SeriesStream(const Context& ctx, std::shared_ptr<rpc::Channel> channel, std::unique_ptr<rpc::ClientStream> call,
                           std::chrono::milliseconds response_timeout)
    : ctx_(ctx), channel_(std::move(channel)), call_(std::move(call)), response_timeout_(response_timeout) {}

Result<std::optional<ChunkSeries>> SeriesStream::Next() {
  for (;;) {
    const auto part = reader_.Next();
    if (!part.ok()) return part.status().WithContext(endpoint());
    switch (*part) {
      case ResponseReader::Part::kSeries: {
        auto series = Decode(reader_.body());
        if (!series.ok()) return series.status().WithContext(endpoint());
        return std::optional<ChunkSeries>(std::move(*series));
      }
      case ResponseReader::Part::kWarning:
        warnings_.emplace_back(reader_.body());
        break;
      case ResponseReader::Part::kHints:
        hints_.emplace_back(reader_.body());
        break;
      case ResponseReader::Part::kEnd:
        if (!TRY(NextFrame())) return std::optional<ChunkSeries>();
        break;
    }
  }
}

Result<bool> SeriesStream::NextFrame() {
  auto message = response_timeout_.count() > 0 ? call_->Read(ctx_.WithTimeout(response_timeout_)) : call_->Read(ctx_);
  if (!message.ok()) {
    query_failed_ = ctx_.Done();
    if (query_failed_ || message.status().code() != StatusCode::kDeadlineExceeded) return message.status();
    return DeadlineExceededError(endpoint() + ": no response within " + std::to_string(response_timeout_.count()) + " ms");
  }
  frame_.reset();
  if (!message->has_value()) return false;
  auto frame = std::make_shared<Frame>(Frame{.message = std::move(**message), .charge = MemoryCharge(ctx_.memory())});
  received_bytes_ += frame->message.size();
  // Labels and chunk views of the decoded series take about as much again.
  const Status charged = frame->charge.Add(2 * frame->message.capacity(), "series received from " + endpoint());
  if (!charged.ok()) {
    query_failed_ = true;
    return charged;
  }
  reader_ = ResponseReader(frame->message);
  frame_ = std::move(frame);
  return true;
}

Result<ChunkSeries> SeriesStream::Decode(std::string_view encoded) {
  RETURN_IF_ERROR(ParseSeries(encoded, &view_));
  ChunkSeries series{.labels = TRY(ToLabels(view_)), .chunks = view_.chunks, .frames = {frame_}, .encoded = encoded};
  for (const AggrChunkView& chunk : series.chunks) {
    RETURN_IF_ERROR(CheckChunkHashes(chunk).WithContext(series.labels.ToString()));
  }
  return series;
}

std::unique_ptr<rpc::ClientStream> StoreClient::Start(const Context& ctx, std::string_view method, rpc::CallType type, std::string message,
                                                      const std::string& tenant) const {
  rpc::CallOptions options;
  if (!tenant.empty()) options.metadata.push_back({std::string(kTenantKey), tenant});
  auto call = channel_->Open(ctx, method, type, options);
  // A failed write shows again, better explained, in the first read.
  if (call->Write(ctx, std::move(message)).ok()) call->CloseSend();
  return call;
}

std::unique_ptr<SeriesStream> StoreClient::Series(const Context& ctx, const SeriesRequest& request,
                                                  std::chrono::milliseconds response_timeout) const {
  return std::make_unique<SeriesStream>(ctx, channel_,
                                        Start(ctx, kSeriesMethod, rpc::CallType::kServerStream, Serialize(request), request.tenant),
                                        response_timeout);
}

PendingCall<LabelsResponse> StoreClient::LabelNames(const Context& ctx, const LabelsRequest& request) const {
  return {channel_, Start(ctx, kLabelNamesMethod, rpc::CallType::kUnary, SerializeLabelNames(request), request.tenant),
          &ParseLabelsResponse};
}

PendingCall<LabelsResponse> StoreClient::LabelValues(const Context& ctx, const LabelsRequest& request) const {
  return {channel_, Start(ctx, kLabelValuesMethod, rpc::CallType::kUnary, SerializeLabelValues(request), request.tenant),
          &ParseLabelsResponse};
}

PendingCall<Info> StoreClient::Info(const Context& ctx) const {
  return {channel_, Start(ctx, kInfoMethod, rpc::CallType::kUnary, std::string(), std::string()), &ParseInfo};
}

}  // namespace epi::storeapi
