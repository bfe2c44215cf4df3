// A whole file, mapped for reading.
//
// Contract: the bytes are those of the file as long as nobody truncates it; files of a block are never changed once the block
//           has its name. A file that is removed stays readable.
// Threads:  const methods are safe from any thread.
// Owns:     the mapping; bytes() lives as long as this object. Move-only.
// Errors:   NotFound when there is no such file, else what the system said, with the path.
#pragma once

#include <cstdint>
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

 private:
  MappedFile(std::string path, char* data, size_t size) : path_(std::move(path)), data_(data), size_(size) {}

  std::string path_;
  char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace epi::tsdb
