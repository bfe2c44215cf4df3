// What this binary was built from; shown by --version, status/buildinfo and the build_info metrics.
#pragma once

#include <string>
#include <string_view>

namespace epi {

struct BuildInfo {
  std::string_view version;   // 0.1.0
  std::string_view revision;  // Git commit, or "unknown" outside a checkout.
  std::string_view branch;
  std::string_view user;      // Who or what built it.
  std::string_view date;      // yyyymmdd-hh:mm:ss, UTC, of the commit: builds are reproducible.
  std::string_view compiler;  // gcc 12.2.0
};

const BuildInfo& GetBuildInfo();

// "epimetheus-hub, version 0.1.0 (branch: main, revision: abc)" and the build's particulars, as Prometheus prints them.
std::string VersionText(std::string_view program);

}  // namespace epi
