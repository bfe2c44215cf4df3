#include "common/rpc/channel_group.h"

#include <utility>

#include "common/rpc/client_call.h"

namespace epi::rpc {
namespace {

// Less is better.
int Rank(ChannelState state) {
  switch (state) {
    case ChannelState::kReady:
      return 0;
    case ChannelState::kIdle:
    case ChannelState::kConnecting:
      return 1;
    case ChannelState::kFailed:
      break;
  }
  return 2;
}

Status NoMembers() { return UnavailableError("the group has no addresses"); }

}  // namespace

ChannelGroup::ChannelGroup(runtime::Loop* loop, std::string name, MakeMember make_member)
    : loop_(loop), name_(std::move(name)), make_member_(std::move(make_member)) {}

Status ChannelGroup::SetMembers(const std::vector<std::string>& addresses) {
  Status failure;
  std::map<std::string, std::shared_ptr<Channel>> members;
  // Channels that leave are closed after the lock: that waits for the loop.
  std::map<std::string, std::shared_ptr<Channel>> before;
  {
    MutexLock lock(&mutex_);
    before = members_;
  }
  for (const std::string& address : addresses) {
    const auto known = before.find(address);
    auto channel = known != before.end() ? Result<std::shared_ptr<Channel>>(known->second) : make_member_(address);
    if (channel.ok()) {
      members.emplace(address, std::move(*channel));
    } else if (failure.ok()) {
      failure = channel.status().WithContext(name_);
    }
  }
  MutexLock lock(&mutex_);
  members_.swap(members);
  return failure;
}

std::shared_ptr<Channel> ChannelGroup::Next() {
  MutexLock lock(&mutex_);
  if (members_.empty()) return nullptr;
  auto at = std::next(members_.begin(), static_cast<std::ptrdiff_t>(turn_++ % members_.size()));
  std::shared_ptr<Channel> best = at->second;
  for (size_t i = 1; i < members_.size(); ++i) {
    if (++at == members_.end()) at = members_.begin();
    if (Rank(at->second->state()) < Rank(best->state())) best = at->second;
  }
  return best;
}

Result<std::string> ChannelGroup::Call(const Context& ctx, std::string_view method, std::string request, const CallOptions& options) {
  const std::shared_ptr<Channel> member = Next();
  if (member == nullptr) return NoMembers().WithContext(name_);
  return member->Call(ctx, method, std::move(request), options);
}

std::unique_ptr<ClientStream> ChannelGroup::Open(const Context& ctx, std::string_view method, CallType type, const CallOptions& options) {
  if (const std::shared_ptr<Channel> member = Next(); member != nullptr) return member->Open(ctx, method, type, options);
  auto call = std::make_shared<ClientCall>(loop_, ctx, ClientCallOptions{.endpoint = name_});
  call->Cancel(NoMembers());
  return std::make_unique<ClientStream>(ctx, std::move(call));
}

void ChannelGroup::Connect() {
  MutexLock lock(&mutex_);
  for (const auto& [address, member] : members_) member->Connect();
}

ChannelState ChannelGroup::state() const {
  MutexLock lock(&mutex_);
  ChannelState best = ChannelState::kFailed;
  for (const auto& [address, member] : members_) {
    const ChannelState state = member->state();
    if (Rank(state) < Rank(best)) best = state;
  }
  return best;
}

Status ChannelGroup::last_error() const {
  if (state() == ChannelState::kReady) return OkStatus();
  MutexLock lock(&mutex_);
  return members_.empty() ? NoMembers().WithContext(name_) : members_.begin()->second->last_error();
}

}  // namespace epi::rpc
