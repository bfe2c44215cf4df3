// grpc.health.v1.Health: Check and Watch.
//
// Contract: the service "" is the server as a whole. Check of a service nobody set is NotFound; Watch of it says
//           SERVICE_UNKNOWN and goes on. Register() before the server listens; the server must be destroyed first.
// Threads:  safe from any thread.
// Limits:   kWatchesMax watches at once; more get ResourceExhausted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/rpc/server.h"

namespace epi::rpc {

enum class HealthStatus : uint8_t { kUnknown = 0, kServing = 1, kNotServing = 2, kServiceUnknown = 3 };

class Health {
 public:
  // Everything starts out as NOT_SERVING until SetAll().
  Health() = default;
  ~Health() = default;
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  void Register(Server* server);
  void Set(std::string service, HealthStatus status);
  // All services that were ever set, and "".
  void SetAll(HealthStatus status);

 private:
  Result<std::string> Check(const std::string& request);
  Status Watch(const Context& ctx, ServerStream& call);
  HealthStatus Find(const std::string& service) const EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, HealthStatus> services_ GUARDED_BY(mutex_) = {{"", HealthStatus::kNotServing}};
  int watches_ GUARDED_BY(mutex_) = 0;
};

}  // namespace epi::rpc
