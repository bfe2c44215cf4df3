// Which endpoints the querier is told to ask, before any name is looked up: by flags, and by --endpoint.sd-config:
//
//   default_client_config:           # instead of the --grpc-client-* flags
//     tls_config: {enabled: true, ca_file: /etc/ca.pem, cert_file: …, key_file: …, insecure_skip_verify: false, min_version: TLS13}
//     server_name: stores
//     compression: snappy            # or none
//   endpoints:
//     - address: 10.0.0.1:10901
//       strict: true                 # asked even while it fails; not a DNS name with a prefix
//     - address: dnssrv+_grpc._tcp.stores.example
//     - address: dns+sidecars.example:10901
//       group: true                  # replicas of one another, called in turn as one endpoint
//       client_config: {compression: snappy}
//
// Errors: InvalidArgument naming file and line, or the flag.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/process/server_flags.h"

namespace epi::hub {

struct EndpointRule {
  std::string address;
  bool strict = false;
  bool group = false;
  // Key into EndpointRules::clients; empty for the default.
  std::string client;
  friend bool operator==(const EndpointRule&, const EndpointRule&) = default;
};

struct EndpointRules {
  std::vector<EndpointRule> rules;
  // How to dial, where it is not as the flags say. The key spells out all settings, so that equal keys mean equal settings.
  std::map<std::string, process::GrpcClientFlags> clients;

  void Add(EndpointRules other);
};

// OK for an address that the rule can have.
Status CheckRule(const EndpointRule& rule);

// `source` names the YAML in errors.
Result<EndpointRules> ParseEndpointRules(std::string_view yaml, const std::string& source);

}  // namespace epi::hub
