#include "hub/query/endpoint_discovery.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/config/target_file.h"
#include "common/runtime/cancellable_wait.h"

namespace epi::hub {
namespace {

// All look-ups of one update; a server that is silent must not hold up the files.
constexpr std::chrono::seconds kLookupTimeout{20};
// Bursts of events (an editor at work) become one update.
constexpr std::chrono::milliseconds kSettle{50};
// Longest pause between two attempts to connect to an endpoint that is down.
constexpr std::chrono::milliseconds kReconnectPauseMax{1000};

runtime::AddressDiscovery::Options DnsDiscovery(const EndpointDiscoveryOptions& options, std::vector<std::string> prefixes) {
  return {.dns = options.dns, .logger = options.logger, .registry = options.registry, .metric_prefixes = std::move(prefixes)};
}

// The address under which the members of a group are looked up: without a prefix, every address of the host.
std::string GroupLookup(const std::string& address) {
  return runtime::AddressDiscovery::IsDns(address) ? address : StrCat("dns+", address);
}

Result<rpc::ChannelOptions> ChannelOptionsOf(const process::GrpcClientFlags& flags, rpc::CallMetrics* metrics) {
  rpc::ChannelOptions options;
  // An endpoint that is back is wanted at once; few are asked from here, and they are ours.
  options.backoff_max = kReconnectPauseMax;
  options.tls = TRY(flags.MakeTls());
  options.server_name = flags.server_name;
  if (flags.compression == "snappy") options.codec = rpc::Codec::kSnappy;
  options.metrics = metrics;
  return options;
}

}  // namespace

// "store_apis" is what Thanos' own alerts read, "endpoints" what Thanos emits.
EndpointDiscovery::EndpointDiscovery(runtime::Loop* loop, EndpointDiscoveryOptions options)
    : loop_(loop),
      options_(std::move(options)),
      addresses_(DnsDiscovery(options_, {"thanos_query_endpoints_", "thanos_query_store_apis_"})),
      group_addresses_(DnsDiscovery(options_, {"thanos_query_endpoint_groups_"})) {}

Result<std::unique_ptr<EndpointDiscovery>> EndpointDiscovery::Make(runtime::Loop* loop, EndpointDiscoveryOptions options) {
  std::unique_ptr<EndpointDiscovery> discovery(new EndpointDiscovery(loop, std::move(options)));
  RETURN_IF_ERROR(discovery->LearnClients({.rules = {}, .clients = {{"", discovery->options_.client}}}));
  for (const EndpointRule& rule : discovery->options_.rules) RETURN_IF_ERROR(CheckRule(rule));
  if (discovery->options_.sd_config.given()) {
    const std::string yaml = TRY(discovery->options_.sd_config.Read());
    discovery->config_ = TRY(ParseEndpointRules(yaml, discovery->options_.sd_config.source()));
    RETURN_IF_ERROR(discovery->LearnClients(discovery->config_));
  }
  return discovery;
}

Status EndpointDiscovery::LearnClients(const EndpointRules& rules) {
  for (const auto& [key, flags] : rules.clients) {
    rpc::ChannelOptions options = TRY(ChannelOptionsOf(flags, options_.call_metrics));
    MutexLock lock(&mutex_);
    clients_.insert_or_assign(key, std::move(options));
  }
  return OkStatus();
}

Result<std::shared_ptr<rpc::ChannelGroup>> EndpointDiscovery::Group(const storeapi::EndpointSpec& spec) {
  MutexLock lock(&mutex_);
  const auto found = groups_.find({spec.client, spec.address});
  if (found == groups_.end()) return NotFoundError(StrCat("no group ", spec.address));
  return found->second;
}

Result<std::shared_ptr<rpc::Channel>> EndpointDiscovery::MakeChannel(const storeapi::EndpointSpec& spec) {
  if (const auto group = Group(spec); group.ok()) return std::shared_ptr<rpc::Channel>(*group);
  rpc::ChannelOptions base;
  {
    MutexLock lock(&mutex_);
    const auto client = clients_.find(spec.client);
    if (client == clients_.end()) return InternalError(StrCat("no client settings for ", spec.address));
    base = client->second;
  }
  return storeapi::ChannelFactory(loop_, std::move(base))(spec);
}

void EndpointDiscovery::ReadConfig() {
  if (options_.sd_config.path().empty()) return;
  const auto read = [this]() -> Result<EndpointRules> {
    EndpointRules rules = TRY(ParseEndpointRules(TRY(options_.sd_config.Read()), options_.sd_config.source()));
    RETURN_IF_ERROR(LearnClients(rules));
    return rules;
  };
  auto rules = read();
  const std::string error(rules.status().message());
  if (rules.ok()) {
    if (rules->rules != config_.rules) options_.logger.Info("endpoint configuration loaded", {{"endpoints", rules->rules.size()}});
    config_ = std::move(*rules);
  } else if (error != config_error_) {
    options_.logger.Error("endpoint configuration cannot be loaded; the last good one stays", {{"err", error}});
  }
  config_error_ = error;
}

void EndpointDiscovery::ReadTargetFiles() {
  std::map<std::string, std::vector<EndpointRule>> targets;
  std::map<std::string, std::string> errors;
  for (const std::string& path : config::ExpandFilePatterns(options_.sd_files)) {
    const auto read = [&path]() -> Result<std::vector<EndpointRule>> {
      std::vector<EndpointRule> rules;
      for (std::string& target : TRY(config::ParseTargets(TRY(ReadFile(path)), path))) {
        rules.push_back({.address = std::move(target)});
        RETURN_IF_ERROR(CheckRule(rules.back()).WithContext(path));
      }
      return rules;
    };
    auto rules = read();
    if (rules.ok()) {
      targets[path] = std::move(*rules);
      continue;
    }
    targets[path] = std::move(targets_[path]);
    errors[path] = std::string(rules.status().message());
    if (errors[path] != target_errors_[path]) {
      options_.logger.Error("file of endpoints cannot be loaded; what it listed before stays", {{"err", errors[path]}});
    }
  }
  targets_ = std::move(targets);
  target_errors_ = std::move(errors);
}

std::vector<EndpointRule> EndpointDiscovery::Rules() const {
  std::vector<EndpointRule> rules = options_.rules;
  rules.insert(rules.end(), config_.rules.begin(), config_.rules.end());
  for (const auto& [path, listed] : targets_) rules.insert(rules.end(), listed.begin(), listed.end());
  return rules;
}

std::vector<storeapi::EndpointSpec> EndpointDiscovery::Lookup(const Context& ctx, const std::vector<EndpointRule>& rules) {
  std::vector<std::string> asked;
  for (const EndpointRule& rule : rules) {
    if (!rule.group) asked.push_back(rule.address);
  }
  const auto found = addresses_.Resolve(ctx, asked);
  std::vector<storeapi::EndpointSpec> specs;
  for (const EndpointRule& rule : rules) {
    if (rule.group) continue;
    const auto departure = runtime::AddressDiscovery::IsDns(rule.address) ? storeapi::Departure::kKeep : storeapi::Departure::kForget;
    for (const std::string& address : found.at(rule.address)) {
      specs.push_back({.address = address, .strict = rule.strict, .departure = departure, .client = rule.client});
    }
  }
  return specs;
}

void EndpointDiscovery::UpdateGroups(const Context& ctx, const std::vector<EndpointRule>& rules,
                                     std::vector<storeapi::EndpointSpec>* specs) {
  std::vector<std::string> asked;
  for (const EndpointRule& rule : rules) {
    if (rule.group) asked.push_back(GroupLookup(rule.address));
  }
  const auto found = group_addresses_.Resolve(ctx, asked);
  decltype(groups_) groups;
  for (const EndpointRule& rule : rules) {
    if (!rule.group) continue;
    specs->push_back({.address = rule.address, .strict = rule.strict, .departure = storeapi::Departure::kForget, .client = rule.client});
    const auto known = Group(specs->back());
    const auto make_member = [this, client = rule.client](const std::string& address) {
      return MakeChannel({.address = address, .strict = false, .departure = storeapi::Departure::kForget, .client = client});
    };
    const auto group = known.ok() ? *known : std::make_shared<rpc::ChannelGroup>(loop_, rule.address, make_member);
    const Status status = group->SetMembers(found.at(GroupLookup(rule.address)));
    if (!status.ok()) options_.logger.Error("members of an endpoint group cannot be dialled", {{"err", status}});
    groups.emplace(std::make_pair(rule.client, rule.address), group);
  }
  MutexLock lock(&mutex_);
  groups_.swap(groups);
}

void EndpointDiscovery::Update(const Context& ctx, storeapi::StoreSet* stores) {
  ReadConfig();
  ReadTargetFiles();
  const std::vector<EndpointRule> rules = Rules();
  const Context lookups = ctx.WithTimeout(kLookupTimeout);
  std::vector<storeapi::EndpointSpec> specs = Lookup(lookups, rules);
  UpdateGroups(lookups, rules, &specs);
  if (ctx.Done()) return;
  const Status status = stores->SetEndpoints(specs);
  if (!status.ok()) options_.logger.Error("some endpoints cannot be dialled", {{"err", status}});
}

std::vector<std::string> EndpointDiscovery::WatchedPaths() const {
  std::vector<std::string> paths = config::ExpandFilePatterns(options_.sd_files);
  // Patterns name files that may come: their directories are watched with them.
  paths.insert(paths.end(), options_.sd_files.begin(), options_.sd_files.end());
  if (!options_.sd_config.path().empty()) paths.push_back(options_.sd_config.path());
  return paths;
}

std::chrono::milliseconds EndpointDiscovery::Pause() const {
  std::chrono::milliseconds pause = std::chrono::hours(24 * 365);
  if (!options_.sd_files.empty()) pause = std::min(pause, options_.sd_files_interval);
  if (!options_.sd_config.path().empty()) pause = std::min(pause, options_.sd_config_interval);
  const std::vector<EndpointRule> rules = Rules();
  const bool names = std::any_of(rules.begin(), rules.end(),
                                 [](const EndpointRule& rule) { return rule.group || runtime::AddressDiscovery::IsDns(rule.address); });
  return names ? std::min(pause, options_.dns_interval) : pause;
}

Status EndpointDiscovery::Run(const Context& ctx, storeapi::StoreSet* stores) {
  std::optional<runtime::FileWatch> watch;
  if (!WatchedPaths().empty()) {
    auto opened = runtime::FileWatch::Open();
    if (opened.ok()) {
      watch.emplace(std::move(*opened));
    } else {
      options_.logger.Warn("files of endpoints are not watched, only read at their intervals", {{"err", opened.status()}});
    }
  }
  for (;;) {
    // Watches are set before the files are read, so that no change falls between the two.
    if (watch.has_value()) watch->Watch(WatchedPaths());
    Update(ctx, stores);
    if (ctx.Done()) return OkStatus();
    if (!watch.has_value()) {
      runtime::CancellableWait(ctx, Pause());
    } else if (TRY(watch->Wait(ctx, Pause())) == runtime::FileWatch::Outcome::kChanged) {
      runtime::CancellableWait(ctx, kSettle);
    }
  }
}

}  // namespace epi::hub
