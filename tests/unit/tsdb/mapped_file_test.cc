#include "common/tsdb/mapped_file.h"

#include <unistd.h>

#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace epi::tsdb {
namespace {

// Pages of this process that are mapped from files.
uint64_t ResidentFileBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t size = 0;
  uint64_t resident = 0;
  uint64_t shared = 0;
  statm >> size >> resident >> shared;
  return shared * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

TEST_CASE("scattered reads of a large file keep a bounded part of it in memory, and always see its bytes") {
  constexpr uint64_t kBytes = uint64_t{64} << 20;
  const TempDir temp;
  const std::string path = temp.path() + "/large";
  {
    std::ofstream file(path, std::ios::binary);
    for (uint64_t i = 0; i < kBytes / 4096; ++i) file << std::string(4096, static_cast<char>(i % 251));
  }
  const MappedFile file = MappedFile::Open(path).value();
  REQUIRE(file.bytes().size() == kBytes);
  const uint64_t before = ResidentFileBytes();
  uint64_t most = 0;
  for (uint64_t round = 0; round < 3; ++round) {
    for (uint64_t page = 0; page < kBytes / 4096; page += 7) {
      const uint64_t at = page * 7919 % (kBytes / 4096) * 4096;
      file.Touch(at);
      if (file.bytes()[at] != static_cast<char>(at / 4096 % 251)) FAIL("wrong byte at " << at);
      if (page % 64 == 0) most = std::max(most, ResidentFileBytes() - before);
    }
  }
  // Half as much again for what the kernel maps around the windows' ends.
  CHECK(most < MappedFile::kWindowBytes * MappedFile::kTouchedWindowsMax * 3 / 2);
}

}  // namespace
}  // namespace epi::tsdb
