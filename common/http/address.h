// "host:port" texts and socket addresses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

struct sockaddr;

namespace epi::http {

struct HostPort {
  std::string host;  // without brackets; empty means every interface
  uint16_t port = 0;
};

// "host:port", ":port", "[::1]:port". Errors: InvalidArgument naming the text.
Result<HostPort> SplitHostPort(std::string_view text);
// "host:port", with brackets around an IPv6 address.
std::string JoinHostPort(std::string_view host, uint16_t port);
// "127.0.0.1:80", "[::1]:80"; an IPv4 address seen through a dual-stack socket prints as IPv4.
std::string AddressText(const sockaddr* address);

// A listening, non-blocking TCP socket. An empty host listens on IPv6 and IPv4. The caller closes it.
// Errors: "listen on 127.0.0.1:80: address already in use".
Result<int> BindListenSocket(const HostPort& where, int backlog);

}  // namespace epi::http
