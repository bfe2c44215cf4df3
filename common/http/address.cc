#include "common/http/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <system_error>

#include "common/base/str_cat.h"

namespace epi::http {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Result<AddressList> Resolve(const HostPort& where) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const std::string port = StrCat(where.port);
  const int error = getaddrinfo(where.host.c_str(), port.c_str(), &hints, &list);
  if (error != 0) return UnavailableError(gai_strerror(error));
  return AddressList(list, &freeaddrinfo);
}

Result<int> ListenOn(const sockaddr* address, socklen_t size, int backlog) {
  const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return UnavailableError(std::generic_category().message(errno));
  const int on = 1;
  const int off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  if (bind(fd, address, size) == 0 && listen(fd, backlog) == 0) return fd;
  const int error = errno;
  close(fd);
  const std::string text = error == EADDRINUSE ? "address already in use" : std::generic_category().message(error);
  return UnavailableError(text);
}

Result<int> ListenEverywhere(uint16_t port, int backlog) {
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  auto fd = ListenOn(reinterpret_cast<const sockaddr*>(&six), sizeof(six), backlog);
  if (fd.ok() || fd.status().message() == "address already in use") return fd;
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  return ListenOn(reinterpret_cast<const sockaddr*>(&four), sizeof(four), backlog);
}

}  // namespace

Result<HostPort> SplitHostPort(std::string_view text) {
  const auto bad = [text](std::string_view why) {
    return InvalidArgumentError(StrCat("address \"", text, "\": ", why));
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad("missing port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (!host.empty() && host.front() == '[') {
    if (host.back() != ']') return bad("missing ']'");
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad("an IPv6 address needs brackets");
  }
  HostPort result{std::string(host), 0};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size()) return bad("invalid port");
  return result;
}

std::string JoinHostPort(std::string_view host, uint16_t port) {
  if (host.find(':') != std::string_view::npos) return StrCat("[", host, "]:", port);
  return StrCat(host, ":", port);
}

std::string AddressText(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    sockaddr_in four;
    std::memcpy(&four, address, sizeof(four));
    inet_ntop(AF_INET, &four.sin_addr, text, sizeof(text));
    return JoinHostPort(text, ntohs(four.sin_port));
  }
  if (address->sa_family != AF_INET6) return "";
  sockaddr_in6 six;
  std::memcpy(&six, address, sizeof(six));
  const uint8_t* bytes = six.sin6_addr.s6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) {
    inet_ntop(AF_INET, bytes + 12, text, sizeof(text));
  } else {
    inet_ntop(AF_INET6, bytes, text, sizeof(text));
  }
  return JoinHostPort(text, ntohs(six.sin6_port));
}

Result<int> BindListenSocket(const HostPort& where, int backlog) {
  const std::string context = StrCat("listen on ", JoinHostPort(where.host, where.port));
  if (where.host.empty()) return ListenEverywhere(where.port, backlog).WithContext(context);
  auto addresses = Resolve(where);
  if (!addresses.ok()) return addresses.status().WithContext(context);
  Status status = UnavailableError("no address");
  for (const addrinfo* one = addresses->get(); one != nullptr; one = one->ai_next) {
    auto fd = ListenOn(one->ai_addr, one->ai_addrlen, backlog);
    if (fd.ok()) return fd;
    status = fd.status();
  }
  return status.WithContext(context);
}

}  // namespace epi::http
