// A lookup owns a c-ares channel of its own and pumps its sockets with poll() until the answer is there.
#include "common/runtime/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <utility>

#include "common/base/errno_status.h"
#include "common/base/str_cat.h"
#include "common/base/unique_fd.h"

namespace epi::runtime {
namespace {

// Without a deadline of its own, c-ares still wants to be looked at now and then.
constexpr int kPollMsMax = 1000;

Status AresError(const std::string& name, int status) {
  const std::string text = StrCat("lookup ", name, ": ", ares_strerror(status));
  return status == ARES_ENOTFOUND || status == ARES_ENODATA ? NotFoundError(text) : UnavailableError(text);
}

// What a callback leaves behind.
template <typename T>
struct Answer {
  bool done = false;
  int status = ARES_SUCCESS;
  std::vector<T> found;
};

class Channel {
 public:
  static Result<Channel> Open(const std::string& name, const DnsOptions& options) {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    if (library != ARES_SUCCESS) return AresError(name, library);
    UniqueFd wake(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!wake.valid()) return ErrnoError(errno, "eventfd");
    ares_options ares{};
    ares.timeout = static_cast<int>(options.timeout.count());
    ares.tries = options.tries;
    ares_channel raw = nullptr;
    const int opened = ares_init_options(&raw, &ares, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (opened != ARES_SUCCESS) return AresError(name, opened);
    Channel channel(raw, std::move(wake));
    if (!options.servers.empty()) {
      const int set = ares_set_servers_ports_csv(raw, options.servers.c_str());
      if (set != ARES_SUCCESS) return AresError(name, set);
    }
    return channel;
  }

  ares_channel get() const { return channel_.get(); }

  // Moves bytes until *done, or until the context ends.
  Status Pump(const Context& ctx, const bool* done) const {
    const auto registration = ctx.OnCancel([fd = wake_.get()] {
      const uint64_t one = 1;
      // The counter is far from full, so that the write cannot fail.
      [[maybe_unused]] const ssize_t written = write(fd, &one, sizeof(one));
    });
    while (!*done) {
      RETURN_IF_ERROR(ctx.Check());
      RETURN_IF_ERROR(PumpOnce(ctx));
    }
    return OkStatus();
  }

 private:
  struct Destroy {
    void operator()(ares_channeldata* channel) const { ares_destroy(channel); }
  };
  Channel(ares_channel channel, UniqueFd wake) : channel_(channel), wake_(std::move(wake)) {}

  int PollMs(const Context& ctx) const {
    timeval limit{kPollMsMax / 1000, 0};
    timeval wait{};
    const timeval* const next = ares_timeout(channel_.get(), &limit, &wait);
    const int64_t ares_ms = next->tv_sec * 1000 + next->tv_usec / 1000 + 1;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(ctx.Remaining());
    return static_cast<int>(std::min<int64_t>(ares_ms, left.count() + 1));
  }

  Status PumpOnce(const Context& ctx) const {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const unsigned wanted = static_cast<unsigned>(ares_getsock(channel_.get(), sockets.data(), ARES_GETSOCK_MAXNUM));
    std::vector<pollfd> fds = {{wake_.get(), POLLIN, 0}};
    for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
      const bool read = (wanted & (1U << i)) != 0;
      const bool write = (wanted & (1U << (i + ARES_GETSOCK_MAXNUM))) != 0;
      if (read || write) fds.push_back({sockets[i], static_cast<short>((read ? POLLIN : 0) | (write ? POLLOUT : 0)), 0});
    }
    if (poll(fds.data(), fds.size(), PollMs(ctx)) < 0 && errno != EINTR) return ErrnoError(errno, "poll");
    for (size_t i = 1; i < fds.size(); ++i) {
      const bool readable = (fds[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool writable = (fds[i].revents & POLLOUT) != 0;
      if (!readable && !writable) continue;
      ares_process_fd(channel_.get(), readable ? fds[i].fd : ARES_SOCKET_BAD, writable ? fds[i].fd : ARES_SOCKET_BAD);
    }
    // Timeouts.
    ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    return OkStatus();
  }

  std::unique_ptr<ares_channeldata, Destroy> channel_;
  UniqueFd wake_;
};

std::string NumericAddress(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address->sa_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  } else if (address->sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  }
  if (bytes == nullptr || inet_ntop(address->sa_family, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

void OnAddresses(void* target, int status, int /*timeouts*/, ares_addrinfo* result) {
  auto* const answer = static_cast<Answer<std::string>*>(target);
  answer->done = true;
  answer->status = status;
  if (status != ARES_SUCCESS) return;
  for (const ares_addrinfo_node* node = result->nodes; node != nullptr; node = node->ai_next) {
    std::string address = NumericAddress(node->ai_addr);
    if (!address.empty()) answer->found.push_back(std::move(address));
  }
  ares_freeaddrinfo(result);
}

void OnServices(void* target, int status, int /*timeouts*/, unsigned char* bytes, int size) {
  auto* const answer = static_cast<Answer<DnsService>*>(target);
  answer->done = true;
  ares_srv_reply* replies = nullptr;
  answer->status = status == ARES_SUCCESS ? ares_parse_srv_reply(bytes, size, &replies) : status;
  if (answer->status != ARES_SUCCESS) return;
  for (const ares_srv_reply* reply = replies; reply != nullptr; reply = reply->next) {
    std::string host = reply->host;
    if (host.ends_with('.')) host.pop_back();
    // A target of "." says that there is no such service.
    if (!host.empty()) answer->found.push_back({std::move(host), reply->port});
  }
  ares_free_data(replies);
}

template <typename T>
Result<std::vector<T>> Finish(const std::string& name, Answer<T> answer) {
  if (answer.status != ARES_SUCCESS) return AresError(name, answer.status);
  if (answer.found.empty()) return AresError(name, ARES_ENODATA);
  std::sort(answer.found.begin(), answer.found.end());
  answer.found.erase(std::unique(answer.found.begin(), answer.found.end()), answer.found.end());
  return std::move(answer.found);
}

}  // namespace

Result<std::vector<std::string>> LookupAddresses(const Context& ctx, const std::string& host, const DnsOptions& options) {
  // The answer outlives the channel, whose end calls back what is under way.
  Answer<std::string> answer;
  const Channel channel = TRY(Channel::Open(host, options));
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NOSORT;
  ares_getaddrinfo(channel.get(), host.c_str(), nullptr, &hints, OnAddresses, &answer);
  RETURN_IF_ERROR(channel.Pump(ctx, &answer.done).WithContext(StrCat("lookup ", host)));
  std::vector<std::string> found = TRY(Finish(host, std::move(answer)));
  std::stable_partition(found.begin(), found.end(), [](const std::string& text) { return text.find(':') == std::string::npos; });
  return found;
}

Result<std::vector<DnsService>> LookupServices(const Context& ctx, const std::string& name, const DnsOptions& options) {
  Answer<DnsService> answer;
  const Channel channel = TRY(Channel::Open(name, options));
  constexpr int kClassIn = 1;
  constexpr int kTypeSrv = 33;
  ares_search(channel.get(), name.c_str(), kClassIn, kTypeSrv, OnServices, &answer);
  RETURN_IF_ERROR(channel.Pump(ctx, &answer.done).WithContext(StrCat("lookup ", name)));
  return Finish(name, std::move(answer));
}

}  // namespace epi::runtime
