#include "common/storeapi/store_set.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "common/base/str_cat.h"
#include "common/runtime/context_wait.h"

namespace epi::storeapi {
namespace {

// {cluster="eu1"},{cluster="us1"}
std::string LabelSetsText(const std::vector<labels::Labels>& label_sets) {
  std::vector<std::string> texts;
  for (const labels::Labels& set : label_sets) texts.push_back(set.ToString());
  std::sort(texts.begin(), texts.end());
  std::string all;
  for (const std::string& text : texts) StrAppend(&all, all.empty() ? "" : ",", text);
  return all;
}

const std::shared_ptr<Endpoint>* Find(const Endpoints& endpoints, const std::string& address) {
  const auto found = std::find_if(endpoints.begin(), endpoints.end(), [&](const auto& e) { return e->address() == address; });
  return found == endpoints.end() ? nullptr : &*found;
}

}  // namespace

bool EndpointState::clock_is_off() const { return std::abs(clock_ahead_ms) > kClockAheadMaxMs; }

EndpointState Endpoint::state() const {
  MutexLock lock(&mutex_);
  return state_;
}

StoreSet::StoreSet(StoreSetOptions options) : options_(std::move(options)), running_(Context::Background().WithCancel()) {
  if (options_.registry == nullptr) return;
  duplicated_addresses_ = options_.registry->AddCounter("thanos_querier_duplicated_store_addresses_total",
                                                        "Addresses that were configured more than once.");
  connections_ = options_.registry->AddGaugeFamily("thanos_store_nodes_grpc_connections",
                                                   "Endpoints that answer, by external labels and type.",
                                                   {"external_labels", "store_type"});
}

StoreSet::~StoreSet() { Stop(); }

std::shared_ptr<const Endpoints> StoreSet::endpoints() const {
  MutexLock lock(&mutex_);
  return endpoints_;
}

bool StoreSet::ready() const {
  MutexLock lock(&mutex_);
  return ready_;
}

void StoreSet::Publish(Endpoints endpoints) {
  std::sort(endpoints.begin(), endpoints.end(), [](const auto& a, const auto& b) { return a->address() < b->address(); });
  auto snapshot = std::make_shared<const Endpoints>(std::move(endpoints));
  MutexLock lock(&mutex_);
  endpoints_ = std::move(snapshot);
}

Status StoreSet::SetEndpoints(const std::vector<EndpointSpec>& specs) {
  MutexLock update(&update_mutex_);
  const std::shared_ptr<const Endpoints> before = endpoints();
  Endpoints after;
  Status failure;
  for (const EndpointSpec& spec : specs) {
    if (Find(after, spec.address) != nullptr) {
      if (duplicated_addresses_ != nullptr) duplicated_addresses_->Inc();
      continue;
    }
    const std::shared_ptr<Endpoint>* known = Find(*before, spec.address);
    if (known != nullptr && (*known)->strict() == spec.strict && (*known)->spec().client == spec.client) {
      MutexLock lock(&(*known)->mutex_);
      (*known)->departed_ms_ = 0;
      after.push_back(*known);
      continue;
    }
    auto channel = options_.make_channel(spec);
    if (channel.ok()) {
      after.push_back(std::make_shared<Endpoint>(spec, std::move(*channel)));
    } else if (failure.ok()) {
      failure = channel.status().WithContext("endpoint " + spec.address);
    }
  }
  for (const std::shared_ptr<Endpoint>& endpoint : *before) {
    if (endpoint->spec().departure == Departure::kForget || Find(after, endpoint->address()) != nullptr) continue;
    MutexLock lock(&endpoint->mutex_);
    if (endpoint->departed_ms_ == 0) endpoint->departed_ms_ = options_.clock->NowMs();
    after.push_back(endpoint);
  }
  Publish(std::move(after));
  MutexLock lock(&mutex_);
  check_soon_ = true;
  changed_.NotifyAll();
  return failure;
}

bool StoreSet::AskInfo(const Context& ctx, const Endpoints& endpoints, std::chrono::milliseconds timeout) {
  const Context round = ctx.WithTimeout(timeout);
  std::vector<PendingCall<Info>> calls;
  calls.reserve(endpoints.size());
  for (const auto& endpoint : endpoints) calls.push_back(endpoint->client().Info(round));
  for (size_t i = 0; i < calls.size(); ++i) {
    Result<Info> info = calls[i].Wait(round);
    if (ctx.Done()) return false;  // We were stopped; that says nothing about the endpoints.
    Apply(*endpoints[i], std::move(info));
  }
  return true;
}

void StoreSet::CheckNow(const Context& ctx) {
  MutexLock update(&update_mutex_);
  if (!AskInfo(ctx, *endpoints(), options_.info_timeout)) return;
  ForgetDeparted();
  WarnOfDuplicateLabels();
  ExportConnections();
  MutexLock lock(&mutex_);
  ready_ = true;
  changed_.NotifyAll();
}

void StoreSet::CheckUnhealthy() {
  MutexLock update(&update_mutex_);
  Endpoints unhealthy;
  for (const auto& endpoint : *endpoints()) {
    if (!endpoint->state().healthy) unhealthy.push_back(endpoint);
  }
  if (unhealthy.empty() || !AskInfo(running_, unhealthy, std::min(options_.info_timeout, options_.unhealthy_interval))) return;
  ExportConnections();
}

Status StoreSet::WaitUntilReady(const Context& ctx) const {
  runtime::ContextWaiter waiter(ctx, &mutex_, &changed_);
  MutexLock lock(&mutex_);
  while (!ready_) RETURN_IF_ERROR(waiter.Wait());
  return OkStatus();
}

void StoreSet::ApplyClock(const Endpoint& endpoint, EndpointState* state, int64_t clock_ms) {
  const bool was_off = state->clock_is_off();
  state->clock_ahead_ms = clock_ms == 0 ? 0 : clock_ms - state->last_check_ms;
  if (state->clock_is_off() == was_off) return;
  if (was_off) {
    options_.logger.Info("endpoint's clock agrees with ours again", {{"address", endpoint.address()}});
  } else {
    options_.logger.Warn("endpoint's clock does not agree with ours", {{"address", endpoint.address()}, {"ahead_ms", state->clock_ahead_ms}});
  }
}

void StoreSet::Apply(Endpoint& endpoint, Result<Info> info) {
  const int64_t now_ms = options_.clock->NowMs();
  MutexLock lock(&endpoint.mutex_);
  EndpointState& state = endpoint.state_;
  const bool was_healthy = state.healthy;
  const bool first_check = state.last_check_ms == 0;
  state.last_check_ms = now_ms;
  state.healthy = info.ok();
  state.last_error = info.status();
  if (info.ok()) {
    state.last_healthy_ms = now_ms;
    ApplyClock(endpoint, &state, std::exchange(info->clock_ms, 0));
    if (state.info == nullptr || *state.info != *info) state.info = std::make_shared<const Info>(std::move(*info));
  }
  if (was_healthy == state.healthy && !first_check) return;
  if (state.healthy) {
    options_.logger.Info("adding new endpoint", {{"address", endpoint.address()}, {"component", state.info->component_type},
                                                  {"extLset", LabelSetsText(state.info->label_sets)}});
  } else {
    options_.logger.Warn("endpoint does not answer", {{"address", endpoint.address()}, {"err", state.last_error}});
  }
}

void StoreSet::ForgetDeparted() {
  const int64_t now_ms = options_.clock->NowMs();
  Endpoints kept;
  const std::shared_ptr<const Endpoints> all = endpoints();
  for (const auto& endpoint : *all) {
    MutexLock lock(&endpoint->mutex_);
    if (endpoint->departed_ms_ == 0 || now_ms - endpoint->departed_ms_ < options_.unhealthy_timeout.count()) kept.push_back(endpoint);
  }
  if (kept.size() != all->size()) Publish(std::move(kept));
}

// Two sidecars or rulers with the same external labels hold different data under one name: replicas without a replica label.
void StoreSet::WarnOfDuplicateLabels() {
  std::map<std::string, std::vector<std::string>> addresses;
  for (const auto& endpoint : *endpoints()) {
    const EndpointState state = endpoint->state();
    if (state.info == nullptr || state.info->label_sets.empty()) continue;
    if (state.info->component_type != "sidecar" && state.info->component_type != "rule") continue;
    addresses[LabelSetsText(state.info->label_sets)].push_back(endpoint->address());
  }
  std::vector<std::string> warned;
  for (const auto& [text, list] : addresses) {
    if (list.size() < 2) continue;
    warned.push_back(text);
    if (std::find(warned_labels_.begin(), warned_labels_.end(), text) != warned_labels_.end()) continue;
    std::string joined;
    for (const std::string& address : list) StrAppend(&joined, joined.empty() ? "" : ",", address);
    options_.logger.Warn("endpoints with the same external labels: their series cannot be told apart, and their blocks would collide in one bucket",
                          {{"addresses", joined}, {"extLset", text}});
  }
  warned_labels_ = std::move(warned);
}

void StoreSet::ExportConnections() {
  if (connections_ == nullptr) return;
  std::map<metrics::LabelValues, double> counts;
  for (const auto& endpoint : *endpoints()) {
    const EndpointState state = endpoint->state();
    if (state.healthy) counts[{LabelSetsText(state.info->label_sets), state.info->component_type}] += 1;
  }
  connections_->Clear();
  for (const auto& [values, count] : counts) connections_->With(values)->Set(count);
}

void StoreSet::Start() {
  CHECK(thread_ == nullptr);
  thread_ = std::make_unique<runtime::Thread>("store-set", [this] { Run(); });
}

StoreSet::Wake StoreSet::SleepUntil(std::chrono::steady_clock::time_point when) {
  MutexLock lock(&mutex_);
  while (!stopping_ && !check_soon_ && std::chrono::steady_clock::now() < when) changed_.WaitUntil(&mutex_, when);
  if (stopping_) return Wake::kStop;
  return std::exchange(check_soon_, false) ? Wake::kChange : Wake::kTime;
}

void StoreSet::Run() {
  for (;;) {
    CheckNow(running_);
    const auto next_round = std::chrono::steady_clock::now() + options_.info_interval;
    for (;;) {
      const auto now = std::chrono::steady_clock::now();
      const Wake wake = SleepUntil(std::min(next_round, now + options_.unhealthy_interval));
      if (wake == Wake::kStop) return;
      if (wake == Wake::kChange || std::chrono::steady_clock::now() >= next_round) break;
      CheckUnhealthy();
    }
  }
}

void StoreSet::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  running_.Cancel("endpoint set is stopping");
  thread_.reset();
}

std::function<Result<std::shared_ptr<rpc::Channel>>(const EndpointSpec&)> ChannelFactory(runtime::Loop* loop, rpc::ChannelOptions base) {
  return [loop, base = std::move(base)](const EndpointSpec& spec) -> Result<std::shared_ptr<rpc::Channel>> {
    const size_t colon = spec.address.rfind(':');
    if (colon == std::string::npos) return InvalidArgumentError(StrCat("address \"", spec.address, "\" has no port"));
    rpc::ChannelOptions options = base;
    options.host = spec.address.substr(0, colon);
    if (options.host.size() > 2 && options.host.front() == '[' && options.host.back() == ']') {
      options.host = options.host.substr(1, options.host.size() - 2);
    }
    options.name = spec.address;
    const char* const begin = spec.address.data() + colon + 1;
    const char* const end = spec.address.data() + spec.address.size();
    const auto [rest, error] = std::from_chars(begin, end, options.port);
    if (error != std::errc() || rest != end || options.port == 0 || options.host.empty()) {
      return InvalidArgumentError(StrCat("address \"", spec.address, "\" is not host:port"));
    }
    return rpc::Channel::Make(loop, std::move(options));
  };
}

}  // namespace epi::storeapi
