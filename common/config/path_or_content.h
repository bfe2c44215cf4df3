// PathOrContent: a pair of flags, --x-file with a path and --x with the content itself; at most one is given.
//
//   PathOrContent objstore;
//   objstore.Register(command, "objstore.config", "object store configuration", PathOrContent::kRequired);
//   const std::string yaml = TRY(objstore.Read());
//
// Errors: InvalidArgument when both are given or a required one is not; file errors with the path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/status.h"
#include "common/config/flags.h"

namespace epi::config {

class PathOrContent {
 public:
  enum Options : uint8_t { kNone = 0, kRequired = 1, kExpandEnvironment = 2 };

  // Adds the two flags. `what` names the content in help and errors.
  void Register(Command* command, std::string name, std::string what, int options = kNone);

  bool given() const { return !path_.empty() || !content_.empty(); }
  // Empty when the content was given inline.
  const std::string& path() const { return path_; }
  // How errors call the content: the path, or the flag.
  std::string source() const { return path_.empty() ? "--" + name_ : path_; }
  // The content; empty when nothing is given and nothing is required. Reads the file anew on every call.
  Result<std::string> Read() const;

 private:
  std::string name_;
  std::string what_;
  int options_ = kNone;
  std::string path_;
  std::string content_;
};

}  // namespace epi::config
