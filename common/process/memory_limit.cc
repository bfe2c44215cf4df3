#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "common/base/file.h"
#include "common/process/process.h"

namespace epi::process {
namespace {

// Files of cgroup v2 and v1 that hold the limit; "max" and absurdly large numbers mean none.
constexpr const char* kLimitFiles[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};

uint64_t MachineBytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_bytes = sysconf(_SC_PAGE_SIZE);
  return pages > 0 && page_bytes > 0 ? static_cast<uint64_t>(pages) * static_cast<uint64_t>(page_bytes) : uint64_t{1} << 30;
}

}  // namespace

uint64_t AvailableMemoryBytes() {
  uint64_t bytes = MachineBytes();
  for (const char* path : kLimitFiles) {
    const auto text = ReadFile(path);
    uint64_t limit = 0;
    if (!text.ok() || std::from_chars(text->data(), text->data() + text->size(), limit).ec != std::errc()) continue;
    if (limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

}  // namespace epi::process
