// The Store API and Info of one remote endpoint.
//
// Contract: a call starts when the method returns, not when its result is waited for, so that many endpoints work at once:
//           start all, then wait for each. Series arrive as the endpoint sent them, each chunk's hash checked.
// Threads:  StoreClient from any thread; a stream or pending call by one thread at a time.
// Owns:     a share of the channel. Received frames are charged to the memory account of the context given to Series().
// Errors:   name the endpoint. DataLoss for malformed protobuf and for chunks whose bytes do not have the hash sent.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/rpc/channel.h"
#include "common/storeapi/chunk_series.h"
#include "common/storeapi/wire_info.h"
#include "common/storeapi/wire_request.h"
#include "common/storeapi/wire_series.h"

namespace epi::storeapi {

inline constexpr std::string_view kSeriesMethod = "/thanos.Store/Series";
inline constexpr std::string_view kLabelNamesMethod = "/thanos.Store/LabelNames";
inline constexpr std::string_view kLabelValuesMethod = "/thanos.Store/LabelValues";
inline constexpr std::string_view kInfoMethod = "/thanos.info.Info/Info";

// The answer to one Series call, series by series.
class SeriesStream {
 public:
  // response_timeout bounds the wait for each message; zero: only the context does.
  SeriesStream(const Context& ctx, std::shared_ptr<rpc::Channel> channel, std::unique_ptr<rpc::ClientStream> call,
               std::chrono::milliseconds response_timeout);

  // Nothing at the end. After an error the stream is over.
  Result<std::optional<ChunkSeries>> Next();

  const std::string& endpoint() const { return channel_->name(); }
  // What the endpoint itself warned of so far.
  const std::vector<std::string>& warnings() const { return warnings_; }
  // The encoded Any messages received so far.
  const std::vector<std::string>& hints() const { return hints_; }
  // The last error is not the endpoint's: the query was cancelled, ran out of time or of memory.
  bool query_failed() const { return query_failed_; }
  uint64_t received_bytes() const { return received_bytes_; }

 private:
  // False at the end of the stream.
  Result<bool> NextFrame();
  Result<ChunkSeries> Decode(std::string_view encoded);

  const Context ctx_;
  const std::shared_ptr<rpc::Channel> channel_;
  const std::unique_ptr<rpc::ClientStream> call_;
  const std::chrono::milliseconds response_timeout_;
  std::shared_ptr<const Frame> frame_;
  ResponseReader reader_{std::string_view()};
  SeriesView view_;
  std::vector<std::string> warnings_;
  std::vector<std::string> hints_;
  uint64_t received_bytes_ = 0;
  bool query_failed_ = false;
};

// A unary call under way.
template <typename T>
class PendingCall {
 public:
  using Parse = Result<T> (*)(std::string_view message);
  PendingCall(std::shared_ptr<rpc::Channel> channel, std::unique_ptr<rpc::ClientStream> call, Parse parse)
      : channel_(std::move(channel)), call_(std::move(call)), parse_(parse) {}

  Result<T> Wait(const Context& ctx) {
    const std::optional<std::string> message = TRY(call_->Read(ctx));
    if (!message.has_value()) return InternalError(channel_->name() + ": ended without an answer");
    Result<T> value = parse_(*message);
    if (!value.ok()) return std::move(value).WithContext(channel_->name());
    // The status follows the message.
    const std::optional<std::string> more = TRY(call_->Read(ctx));
    if (more.has_value()) return InternalError(channel_->name() + ": more than one answer to a unary call");
    return value;
  }

 private:
  std::shared_ptr<rpc::Channel> channel_;
  std::unique_ptr<rpc::ClientStream> call_;
  Parse parse_;
};

class StoreClient {
 public:
  explicit StoreClient(std::shared_ptr<rpc::Channel> channel) : channel_(std::move(channel)) {}

  std::unique_ptr<SeriesStream> Series(const Context& ctx, const SeriesRequest& request,
                                       std::chrono::milliseconds response_timeout = std::chrono::milliseconds(0)) const;
  PendingCall<LabelsResponse> LabelNames(const Context& ctx, const LabelsRequest& request) const;
  PendingCall<LabelsResponse> LabelValues(const Context& ctx, const LabelsRequest& request) const;
  PendingCall<epi::storeapi::Info> Info(const Context& ctx) const;

  const std::string& endpoint() const { return channel_->name(); }
  rpc::Channel& channel() const { return *channel_; }

 private:
  std::unique_ptr<rpc::ClientStream> Start(const Context& ctx, std::string_view method, rpc::CallType type, std::string message,
                                           const std::string& tenant) const;
  const std::shared_ptr<rpc::Channel> channel_;
};

}  // namespace epi::storeapi
