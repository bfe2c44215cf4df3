#include "hub/query/endpoint_rules.h"

#include <iterator>
#include <optional>
#include <utility>

#include "common/base/str_cat.h"
#include "common/config/tls_config.h"
#include "common/config/yaml.h"
#include "common/runtime/address_discovery.h"

namespace epi::hub {
namespace {

using config::YamlFields;
using config::YamlNode;

struct TlsSettings {
  bool enabled = false;
  bool insecure_skip_verify = false;
  std::string cert_file;
  std::string key_file;
  std::string ca_file;
  std::optional<config::TlsVersion> min_version;
};

struct ClientSettings {
  TlsSettings tls;
  std::string server_name;
  std::string compression;
};

struct Item {
  EndpointRule rule;
  std::optional<ClientSettings> client;
  std::string service_config;
};

struct File {
  std::optional<ClientSettings> default_client;
  std::vector<YamlNode> endpoints;
};

Status DecodeYaml(const YamlNode& node, TlsSettings* out) {
  return YamlFields(node)
      .Field("enabled", &out->enabled)
      .Field("insecure_skip_verify", &out->insecure_skip_verify)
      .Field("cert_file", &out->cert_file)
      .Field("key_file", &out->key_file)
      .Field("ca_file", &out->ca_file)
      .Field("min_version", &out->min_version)
      .Finish();
}

Status DecodeYaml(const YamlNode& node, ClientSettings* out) {
  RETURN_IF_ERROR(YamlFields(node)
                      .Field("tls_config", &out->tls)
                      .Field("server_name", &out->server_name)
                      .Field("compression", &out->compression)
                      .Finish());
  if (out->compression.empty() || out->compression == "none" || out->compression == "snappy") return OkStatus();
  return node.Error(StrCat("compression must be one of none, snappy, got \"", out->compression, "\""));
}

Status DecodeYaml(const YamlNode& node, Item* out) {
  RETURN_IF_ERROR(YamlFields(node)
                      .Required("address", &out->rule.address)
                      .Field("strict", &out->rule.strict)
                      .Field("group", &out->rule.group)
                      .Field("client_config", &out->client)
                      .Field("service_config", &out->service_config)
                      .Finish());
  if (!out->service_config.empty()) {
    return node.Error(out->rule.group ? "service_config is not available: a group's members are called in turn"
                                      : "service_config is for groups only");
  }
  if (const Status status = CheckRule(out->rule); !status.ok()) return node.Error(status.message());
  return OkStatus();
}

Status DecodeYaml(const YamlNode& node, File* out) {
  return YamlFields(node).Field("default_client_config", &out->default_client).Field("endpoints", &out->endpoints).Finish();
}

// Adds the settings; gives their key.
std::string AddClient(const ClientSettings& settings, EndpointRules* rules) {
  process::GrpcClientFlags flags;
  flags.tls_secure = settings.tls.enabled;
  flags.tls_skip_verify = settings.tls.insecure_skip_verify;
  flags.tls_cert = settings.tls.cert_file;
  flags.tls_key = settings.tls.key_file;
  flags.tls_ca = settings.tls.ca_file;
  if (settings.tls.min_version.has_value()) flags.tls_min_version = config::TlsVersionText(*settings.tls.min_version);
  flags.server_name = settings.server_name;
  if (!settings.compression.empty()) flags.compression = settings.compression;
  std::string key = StrCat(flags.tls_secure ? "tls" : "plain", flags.tls_skip_verify ? ",unverified" : "");
  for (const std::string* part :
       {&flags.tls_cert, &flags.tls_key, &flags.tls_ca, &flags.tls_min_version, &flags.server_name, &flags.compression}) {
    StrAppend(&key, ",", part->size(), ":", *part);
  }
  rules->clients.emplace(key, std::move(flags));
  return key;
}

}  // namespace

void EndpointRules::Add(EndpointRules other) {
  rules.insert(rules.end(), std::make_move_iterator(other.rules.begin()), std::make_move_iterator(other.rules.end()));
  clients.merge(other.clients);
}

Status CheckRule(const EndpointRule& rule) {
  RETURN_IF_ERROR(runtime::AddressDiscovery::Check(rule.address));
  if (rule.strict && !rule.group && runtime::AddressDiscovery::IsDns(rule.address)) {
    return InvalidArgumentError(StrCat("address \"", rule.address, "\" is strict: what a name stands for may change, a strict endpoint may not"));
  }
  return OkStatus();
}

Result<EndpointRules> ParseEndpointRules(std::string_view yaml, const std::string& source) {
  const YamlNode root = TRY(YamlNode::Parse(yaml, source));
  File file;
  RETURN_IF_ERROR(DecodeYaml(root, &file));
  EndpointRules rules;
  for (const YamlNode& node : file.endpoints) {
    Item item;
    RETURN_IF_ERROR(DecodeYaml(node, &item));
    const std::optional<ClientSettings>& client = item.client.has_value() ? item.client : file.default_client;
    if (client.has_value()) item.rule.client = AddClient(*client, &rules);
    rules.rules.push_back(std::move(item.rule));
  }
  return rules;
}

}  // namespace epi::hub
