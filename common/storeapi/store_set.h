// The endpoints a process knows, and how they are: asked for Info every few seconds.
//
//   configured ──first Info──► healthy ──failed Info──► unhealthy ──good Info──► healthy
//                    └─failed──► unhealthy (nothing known yet)
//
// Contract: every configured address is an endpoint, once, from the moment it is configured, whether it ever answered or not;
//           so a query can say what it could not ask. An unhealthy endpoint keeps what Info last said. A strict endpoint is
//           asked even while unhealthy. Unhealthy ones are looked after more often than healthy ones, so that they are missed
//           for a moment only. An endpoint that left the configuration is forgotten at once, or (Departure::kKeep)
//           stays for unhealthy_timeout.
// Threads:  all methods from any thread; SetEndpoints() and CheckNow() one at a time inside.
// Owns:     the channels and a thread, from Start() to Stop().
// Units:    times in EndpointState are Unix milliseconds.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/log/logger.h"
#include "common/metrics/registry.h"
#include "common/runtime/thread.h"
#include "common/storeapi/store_client.h"

namespace epi::storeapi {

// What becomes of an endpoint that leaves the configuration. Answers of DNS flap: kKeep.
enum class Departure : uint8_t { kForget, kKeep };

struct EndpointSpec {
  std::string address;  // "host:port", or what make_channel understands.
  bool strict = false;
  Departure departure = Departure::kForget;
  // Which of several ways to dial it is meant; another one makes a new channel.
  std::string client;
};

// What is known about an endpoint at one moment.
struct EndpointState {
  std::shared_ptr<const Info> info;  // Null: it never answered.
  bool healthy = false;
  Status last_error;  // Of the last check; OK when healthy or not checked yet.
  int64_t last_check_ms = 0;
  int64_t last_healthy_ms = 0;
  // How far its clock is ahead of ours, when it tells; answers take a moment, so a few seconds mean nothing.
  int64_t clock_ahead_ms = 0;
  bool clock_is_off() const;
};

class Endpoint {
 public:
  Endpoint(EndpointSpec spec, std::shared_ptr<rpc::Channel> channel) : spec_(std::move(spec)), client_(std::move(channel)) {}

  const std::string& address() const { return spec_.address; }
  bool strict() const { return spec_.strict; }
  const EndpointSpec& spec() const { return spec_; }
  const StoreClient& client() const { return client_; }
  EndpointState state() const LOCKS_EXCLUDED(mutex_);

 private:
  friend class StoreSet;
  const EndpointSpec spec_;
  const StoreClient client_;
  mutable Mutex mutex_;
  EndpointState state_ GUARDED_BY(mutex_);
  // When it left the configuration; 0 while it is configured.
  int64_t departed_ms_ GUARDED_BY(mutex_) = 0;
};
using Endpoints = std::vector<std::shared_ptr<Endpoint>>;

struct StoreSetOptions {
  std::function<Result<std::shared_ptr<rpc::Channel>>(const EndpointSpec&)> make_channel;
  std::chrono::milliseconds info_interval{5000};
  std::chrono::milliseconds info_timeout{5000};
  // Between two looks at those that are unhealthy, and the time they have to answer such a look.
  std::chrono::milliseconds unhealthy_interval{1000};
  std::chrono::milliseconds unhealthy_timeout{300000};
  const Clock* clock = &Clock::System();
  metrics::Registry* registry = nullptr;  // Null: no metrics. Must outlive the set.
  log::Logger logger = log::Logger::Discard();
};

class StoreSet {
 public:
  explicit StoreSet(StoreSetOptions options);
  ~StoreSet();
  StoreSet(const StoreSet&) = delete;
  StoreSet& operator=(const StoreSet&) = delete;

  // Replaces the configured endpoints. Repeated addresses count once. Addresses that yield no channel are an error that
  // names them; the others are taken over all the same.
  Status SetEndpoints(const std::vector<EndpointSpec>& specs) LOCKS_EXCLUDED(update_mutex_, mutex_);

  // One round of Info calls to all endpoints at once; returns when each answered or timed out.
  void CheckNow(const Context& ctx) LOCKS_EXCLUDED(update_mutex_, mutex_);
  // Checks every info_interval, at once for the first time and after SetEndpoints(); unhealthy ones every unhealthy_interval.
  void Start();
  void Stop();

  // Ordered by address.
  std::shared_ptr<const Endpoints> endpoints() const LOCKS_EXCLUDED(mutex_);
  // Waits until the first round is over. Errors: the context's.
  Status WaitUntilReady(const Context& ctx) const LOCKS_EXCLUDED(mutex_);
  // The first round is over.
  bool ready() const LOCKS_EXCLUDED(mutex_);

 private:
  void Run();
  // Waits until `when`, or until SetEndpoints() or Stop().
  enum class Wake : uint8_t { kTime, kChange, kStop };
  Wake SleepUntil(std::chrono::steady_clock::time_point when) LOCKS_EXCLUDED(mutex_);
  void CheckUnhealthy() LOCKS_EXCLUDED(update_mutex_, mutex_);
  // False when ctx ended: then nothing is known.
  bool AskInfo(const Context& ctx, const Endpoints& endpoints, std::chrono::milliseconds timeout);
  void Apply(Endpoint& endpoint, Result<Info> info);
  void ApplyClock(const Endpoint& endpoint, EndpointState* state, int64_t clock_ms);
  void ForgetDeparted() EXCLUSIVE_LOCKS_REQUIRED(update_mutex_);
  void WarnOfDuplicateLabels() EXCLUSIVE_LOCKS_REQUIRED(update_mutex_);
  void ExportConnections() EXCLUSIVE_LOCKS_REQUIRED(update_mutex_);
  void Publish(Endpoints endpoints) LOCKS_EXCLUDED(mutex_);

  const StoreSetOptions options_;
  const Context running_;
  metrics::Counter* duplicated_addresses_ = nullptr;
  metrics::Family<metrics::Gauge>* connections_ = nullptr;

  Mutex update_mutex_;
  std::vector<std::string> warned_labels_ GUARDED_BY(update_mutex_);

  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::shared_ptr<const Endpoints> endpoints_ GUARDED_BY(mutex_) = std::make_shared<const Endpoints>();
  bool ready_ GUARDED_BY(mutex_) = false;
  bool check_soon_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<runtime::Thread> thread_;
};

// Channels for "host:port" addresses; everything but the address comes from `base`.
std::function<Result<std::shared_ptr<rpc::Channel>>(const EndpointSpec&)> ChannelFactory(runtime::Loop* loop, rpc::ChannelOptions base);

}  // namespace epi::storeapi
