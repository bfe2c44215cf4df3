// Looks names up in DNS: addresses of a host (A, AAAA, hosts file), and services (SRV). Search domains of resolv.conf apply.
//
// Contract: a lookup reads the system's configuration anew, so that a changed resolv.conf needs no restart. Answers are in
//           order and without repetition, whatever order the server gives them in.
// Threads:  blocks the caller; any thread but the loop's.
// Limits:   bounded by the context, and by `timeout` for each of `tries` per server.
// Errors:   NotFound when the name does not exist or has no such records; Unavailable naming the name and the reason otherwise;
//           the context's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"

namespace epi::runtime {

struct DnsOptions {
  // "127.0.0.1:5353", several separated by commas. Empty: those of resolv.conf.
  std::string servers;
  std::chrono::milliseconds timeout{2000};
  int tries = 3;
};

struct DnsService {
  // Without the dot at its end.
  std::string host;
  uint16_t port = 0;
  friend auto operator<=>(const DnsService&, const DnsService&) = default;
};

// Numeric addresses, IPv4 first; IPv6 without brackets.
Result<std::vector<std::string>> LookupAddresses(const Context& ctx, const std::string& host, const DnsOptions& options = {});
Result<std::vector<DnsService>> LookupServices(const Context& ctx, const std::string& name, const DnsOptions& options = {});

}  // namespace epi::runtime
