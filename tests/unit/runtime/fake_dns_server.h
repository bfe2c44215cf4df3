// A DNS server on a loopback port with answers that a test sets and changes.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/unique_fd.h"
#include "common/runtime/dns.h"
#include "common/runtime/thread.h"

namespace epi::runtime::test {

class FakeDnsServer {
 public:
  FakeDnsServer();
  ~FakeDnsServer();

  // "127.0.0.1:port", for DnsOptions::servers.
  std::string address() const;
  DnsOptions options() const { return {.servers = address(), .timeout = std::chrono::milliseconds(200), .tries = 2}; }

  void SetAddresses(const std::string& host, std::vector<std::string> addresses) LOCKS_EXCLUDED(mutex_);
  void SetServices(const std::string& name, std::vector<DnsService> services) LOCKS_EXCLUDED(mutex_);
  // Names the server knows nothing of do not exist (NXDOMAIN); silent, it answers nobody.
  void SetSilent(bool silent) { silent_ = silent; }
  // It fails (SERVFAIL) whatever is asked.
  void SetBroken(bool broken) { broken_ = broken; }

 private:
  void Run();
  std::string Answer(const std::string& query) LOCKS_EXCLUDED(mutex_);

  UniqueFd socket_;
  UniqueFd stop_;
  uint16_t port_ = 0;
  std::atomic<bool> silent_{false};
  std::atomic<bool> broken_{false};
  Mutex mutex_;
  std::map<std::string, std::vector<std::string>> addresses_ GUARDED_BY(mutex_);
  std::map<std::string, std::vector<DnsService>> services_ GUARDED_BY(mutex_);
  std::unique_ptr<Thread> thread_;
};

}  // namespace epi::runtime::test
