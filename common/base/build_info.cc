#include "common/base/build_info.h"

#include "common/base/str_cat.h"

// The build passes what only it knows; a compile outside of it still works.
#ifndef EPI_VERSION
#define EPI_VERSION "0.0.0"
#endif
#ifndef EPI_REVISION
#define EPI_REVISION "unknown"
#endif
#ifndef EPI_BRANCH
#define EPI_BRANCH "unknown"
#endif
#ifndef EPI_DATE
#define EPI_DATE "19700101-00:00:00"
#endif

namespace epi {

const BuildInfo& GetBuildInfo() {
#if defined(__clang__)
  static constexpr BuildInfo kInfo = {EPI_VERSION, EPI_REVISION, EPI_BRANCH, "epimetheus", EPI_DATE, "clang " __clang_version__};
#else
  static constexpr BuildInfo kInfo = {EPI_VERSION, EPI_REVISION, EPI_BRANCH, "epimetheus", EPI_DATE, "gcc " __VERSION__};
#endif
  return kInfo;
}

std::string VersionText(std::string_view program) {
  const BuildInfo& info = GetBuildInfo();
  return StrCat(program, ", version ", info.version, " (branch: ", info.branch, ", revision: ", info.revision,
                ")\n  build user:       ", info.user, "\n  build date:       ", info.date,
                "\n  compiler:         ", info.compiler, "\n  platform:         linux/amd64");
}

}  // namespace epi
