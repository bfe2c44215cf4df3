// Addresses as flags and files give them, some of which are names that DNS turns into any number of addresses:
//
//   host:port                        as it is
//   dns+host:port                    every A and AAAA record of host
//   dnsdualstack+host:port           the same
//   dnssrv+_grpc._tcp.host           every SRV record's target and port, the target looked up; a port given here wins
//   dnssrvnoa+_grpc._tcp.host        every SRV record's target and port, as they are
//
// Contract: a lookup that fails leaves the last good answer in force; a name that does not exist has no addresses.
// Threads:  one at a time.
// Errors:   logged when they begin, change or end, and counted; Check(): InvalidArgument.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/context.h"
#include "common/log/logger.h"
#include "common/metrics/registry.h"
#include "common/runtime/dns.h"

namespace epi::runtime {

class AddressDiscovery {
 public:
  struct Options {
    DnsOptions dns;
    log::Logger logger = log::Logger::Discard();
    // Null: no metrics. Must outlive the discovery.
    metrics::Registry* registry = nullptr;
    // Each gives <prefix>dns_lookups_total, <prefix>dns_failures_total and <prefix>dns_provider_results{addr}.
    std::vector<std::string> metric_prefixes;
  };
  explicit AddressDiscovery(Options options);

  static bool IsDns(std::string_view address);
  // The grammar above. REQUIRES of the caller's ports: those of static addresses and of dns+ must be there.
  static Status Check(std::string_view address);

  // "host:port" of each, in order of `addresses`; [IPv6]:port. What is not among `addresses` any more is forgotten.
  std::map<std::string, std::vector<std::string>> Resolve(const Context& ctx, std::span<const std::string> addresses);

 private:
  struct Known {
    std::vector<std::string> found;
    std::string error;
  };
  Result<std::vector<std::string>> Lookup(const Context& ctx, std::string_view address) const;
  void Learn(const std::string& address, Result<std::vector<std::string>> found, Known* known) const;

  const Options options_;
  std::vector<metrics::Counter*> lookups_;
  std::vector<metrics::Counter*> failures_;
  std::vector<metrics::Family<metrics::Gauge>*> results_;
  std::map<std::string, Known> known_;
};

}  // namespace epi::runtime
