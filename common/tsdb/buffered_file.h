// A new file, written once from front to back.
//
// Contract: bytes reach the file in order; short writes are continued. Finish() flushes, syncs and closes: only then the file is
//           whole. The first error stays and is returned by every later call.
// Threads:  one.
// Owns:     the descriptor and a buffer of kBufferBytes.
// Errors:   ResourceExhausted when the disk is full, else what the system said, with the path.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/base/unique_fd.h"

namespace epi::tsdb {

class BufferedFile {
 public:
  static constexpr size_t kBufferBytes = size_t{1} << 20;

  // Errors: AlreadyExists when the path is taken.
  static Result<BufferedFile> Create(const std::string& path);

  Status Append(std::string_view bytes);
  // Zero bytes up to the next multiple of `alignment`.
  Status Pad(uint64_t alignment);
  // Where the next byte goes.
  uint64_t offset() const { return offset_; }
  const std::string& path() const { return path_; }
  Status Finish();

 private:
  BufferedFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  Status Flush();

  std::string path_;
  UniqueFd fd_;
  std::string buffer_;
  uint64_t offset_ = 0;
  Status failed_;
};

}  // namespace epi::tsdb
