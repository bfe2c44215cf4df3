// Several endpoints that are replicas of one another, called as one: each call goes to the next in turn.
//
// Contract: members that are up come first, then those about to be; only when all are down does a call meet one that is, and fail
//           with its error. Setting members keeps the channels of those that stay. A stream stays with the member it began with.
// Threads:  safe from any thread.
// Owns:     a share of its members.
// Errors:   those of the member, which name it; Unavailable naming the group when it has no members.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/rpc/channel.h"

namespace epi::rpc {

class ChannelGroup final : public Channel {
 public:
  // Gives a channel for one member's address.
  using MakeMember = std::function<Result<std::shared_ptr<Channel>>(const std::string& address)>;
  ChannelGroup(runtime::Loop* loop, std::string name, MakeMember make_member);

  // Replaces the members. The first address that yields no channel is the error; the others are taken over all the same.
  Status SetMembers(const std::vector<std::string>& addresses) LOCKS_EXCLUDED(mutex_);

  using Channel::Call;
  using Channel::Open;
  Result<std::string> Call(const Context& ctx, std::string_view method, std::string request, const CallOptions& options) override;
  std::unique_ptr<ClientStream> Open(const Context& ctx, std::string_view method, CallType type, const CallOptions& options) override;
  void Connect() override;
  // The best of its members'.
  ChannelState state() const override;
  Status last_error() const override;
  const std::string& name() const override { return name_; }

 private:
  // The member whose turn it is; null when there is none.
  std::shared_ptr<Channel> Next() LOCKS_EXCLUDED(mutex_);


  runtime::Loop* const loop_;
  const std::string name_;
  const MakeMember make_member_;
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<Channel>> members_ GUARDED_BY(mutex_);
  size_t turn_ GUARDED_BY(mutex_) = 0;
};

}  // namespace epi::rpc
