// A whole file, mapped for reading.
//
// Contract: the bytes are those of the file as long as nobody truncates it; files of a block are never changed once the block
//           has its name. A file that is removed stays readable.
// Threads:  const methods are safe from any thread.
// Owns:     the mapping; bytes() lives as long as this object. Move-only.
// Errors:   NotFound when there is no such file, else what the system said, with the path.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/file_bytes.h"

namespace epi::tsdb {

class MappedFile {
 public:
  static Result<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::string_view bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }
  FileBytes view() const { return {bytes(), path_}; }
  // Gives back the memory of the pages between two offsets; they are read from the file again when touched.
  void Forget(uint64_t begin, uint64_t end) const;

  // Says that bytes at `offset` are about to be read, so that scattered reads of a large file cannot fill the memory: once they went to
  // kTouchedWindowsMax windows, all pages are given back, to be mapped anew as they are read again. Reads that come in order change
  // windows rarely. A window stands for what the kernel maps at a fault, which is as much as lies in one piece of its cache.
  void Touch(uint64_t offset) const {
    const uint64_t window = offset / kWindowBytes;
    if (window != touched_->last_window.load(std::memory_order_relaxed)) NoteWindows(window, 1);
  }
  void Touch(uint64_t offset, uint64_t size) const {
    if (size < kWindowBytes) return Touch(offset);
    NoteWindows(offset / kWindowBytes, size / kWindowBytes + 1);
  }
  static constexpr uint64_t kWindowBytes = uint64_t{512} << 10;
  static constexpr uint64_t kTouchedWindowsMax = 24;

 private:
  struct Touched {
    std::atomic<uint64_t> last_window = UINT64_MAX;
    std::atomic<uint64_t> windows = 0;
  };
  void NoteWindows(uint64_t window, uint64_t count) const;

  MappedFile(std::string path, char* data, size_t size) : path_(std::move(path)), data_(data), size_(size) {}

  std::string path_;
  char* data_ = nullptr;
  size_t size_ = 0;
  std::unique_ptr<Touched> touched_ = std::make_unique<Touched>();
};

}  // namespace epi::tsdb
