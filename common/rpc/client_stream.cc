#include "common/rpc/client_stream.h"

#include <utility>

#include "common/rpc/client_call.h"

namespace epi::rpc {

ClientStream::ClientStream(const Context& ctx, std::shared_ptr<ClientCall> call)
    : call_(std::move(call)), on_cancel_(ctx.OnCancel([weak = std::weak_ptr<ClientCall>(call_)] {
        if (const std::shared_ptr<ClientCall> alive = weak.lock()) alive->Cancel(CancelledError("context canceled"));
      })) {}

ClientStream::~ClientStream() { Cancel(); }

Status ClientStream::Write(const Context& ctx, std::string message) { return call_->Write(ctx, std::move(message)); }

void ClientStream::CloseSend() { call_->CloseSend(); }

Result<std::optional<std::string>> ClientStream::Read(const Context& ctx) { return call_->Read(ctx); }

void ClientStream::Cancel() { call_->Cancel(CancelledError("call was cancelled")); }

Metadata ClientStream::headers() const { return call_->headers(); }

Metadata ClientStream::trailers() const { return call_->trailers(); }

}  // namespace epi::rpc
