#include "common/runtime/address_discovery.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/base/str_cat.h"

namespace epi::runtime {
namespace {

enum class Kind : uint8_t { kStatic, kAddresses, kServices, kServicesByName };

struct Parts {
  Kind kind = Kind::kStatic;
  std::string host;
  std::string port;  // Empty when there is none.
};

constexpr std::pair<std::string_view, Kind> kPrefixes[] = {{"dns+", Kind::kAddresses},
                                                           {"dnsdualstack+", Kind::kAddresses},
                                                           {"dnssrv+", Kind::kServices},
                                                           {"dnssrvnoa+", Kind::kServicesByName}};

bool IsPort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0;
}

Result<Parts> Split(std::string_view address) {
  Parts parts;
  std::string_view rest = address;
  for (const auto& [prefix, kind] : kPrefixes) {
    if (!address.starts_with(prefix)) continue;
    parts.kind = kind;
    rest.remove_prefix(prefix.size());
  }
  const bool services = parts.kind == Kind::kServices || parts.kind == Kind::kServicesByName;
  const size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos;
  parts.host = rest.substr(0, std::min(colon, rest.size()));
  if (has_port) parts.port = rest.substr(colon + 1);
  const bool bracketed = parts.host.size() > 2 && parts.host.front() == '[' && parts.host.back() == ']';
  const bool host_is_good = !parts.host.empty() && (bracketed || parts.host.find(':') == std::string::npos);
  if (host_is_good && (has_port ? IsPort(parts.port) : services)) return parts;
  return InvalidArgumentError(StrCat("address \"", address, "\": expected ", services ? "a name, or name:port" : "host:port"));
}

std::string Join(const std::string& host, std::string_view port) {
  const bool six = host.find(':') != std::string::npos;
  return StrCat(six ? "[" : "", host, six ? "]:" : ":", port);
}

}  // namespace

AddressDiscovery::AddressDiscovery(Options options) : options_(std::move(options)) {
  if (options_.registry == nullptr) return;
  for (const std::string& prefix : options_.metric_prefixes) {
    lookups_.push_back(options_.registry->AddCounter(prefix + "dns_lookups_total", "DNS lookups made."));
    failures_.push_back(options_.registry->AddCounter(prefix + "dns_failures_total", "The number of DNS lookup failures"));
    results_.push_back(options_.registry->AddGaugeFamily(prefix + "dns_provider_results",
                                                         "Addresses that a configured name resolves to.", {"addr"}));
  }
}

bool AddressDiscovery::IsDns(std::string_view address) {
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes), [&](const auto& p) { return address.starts_with(p.first); });
}

Status AddressDiscovery::Check(std::string_view address) { return Split(address).status(); }

Result<std::vector<std::string>> AddressDiscovery::Lookup(const Context& ctx, std::string_view address) const {
  const Parts parts = TRY(Split(address));
  std::vector<std::string> found;
  if (parts.kind == Kind::kStatic) {
    found.emplace_back(address);
  } else if (parts.kind == Kind::kAddresses) {
    for (const std::string& host : TRY(LookupAddresses(ctx, parts.host, options_.dns))) found.push_back(Join(host, parts.port));
  } else {
    for (const DnsService& service : TRY(LookupServices(ctx, parts.host, options_.dns))) {
      const std::string port = parts.port.empty() ? StrCat(service.port) : parts.port;
      std::vector<std::string> hosts = {service.host};
      if (parts.kind == Kind::kServices) hosts = TRY(LookupAddresses(ctx, service.host, options_.dns));
      for (const std::string& host : hosts) found.push_back(Join(host, port));
    }
  }
  return found;
}

void AddressDiscovery::Learn(const std::string& address, Result<std::vector<std::string>> found, Known* known) const {
  for (metrics::Counter* lookups : lookups_) lookups->Inc();
  const std::string error(found.status().message());
  if (found.ok()) {
    if (!known->error.empty()) options_.logger.Info("DNS answers again", {{"address", address}});
    known->found = std::move(*found);
  } else {
    for (metrics::Counter* failures : failures_) failures->Inc();
    if (found.status().code() == StatusCode::kNotFound) known->found.clear();
    if (error != known->error) options_.logger.Error("DNS resolution failed", {{"address", address}, {"err", error}});
  }
  known->error = error;
  for (auto* results : results_) results->With({address})->Set(static_cast<double>(known->found.size()));
}

std::map<std::string, std::vector<std::string>> AddressDiscovery::Resolve(const Context& ctx, std::span<const std::string> addresses) {
  std::map<std::string, Known> known;
  std::map<std::string, std::vector<std::string>> all;
  for (const std::string& address : addresses) {
    if (all.contains(address)) continue;
    if (!IsDns(address)) {
      all[address] = {address};
      continue;
    }
    Known entry = std::move(known_[address]);
    auto found = Lookup(ctx, address);
    // A caller that stops says nothing about the name.
    if (found.ok() || found.status().code() != StatusCode::kCancelled) Learn(address, std::move(found), &entry);
    all[address] = entry.found;
    known.emplace(address, std::move(entry));
  }
  for (const auto& [address, entry] : known_) {
    if (known.contains(address)) continue;
    for (auto* results : results_) results->Remove({address});
  }
  known_ = std::move(known);
  return all;
}

}  // namespace epi::runtime
