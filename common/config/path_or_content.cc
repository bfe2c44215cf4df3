#include "common/config/path_or_content.h"

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/config/envsubst.h"

namespace epi::config {

void PathOrContent::Register(Command* command, std::string name, std::string what, int options) {
  name_ = std::move(name);
  what_ = std::move(what);
  options_ = options;
  command->Add(StrCat(name_, "-file"), StrCat("Path to the YAML file with the ", what_, "."), &path_);
  command
      ->Add(name_, StrCat("The ", what_, " as YAML, instead of --", name_, "-file."), &content_)
      .Secret();
}

Result<std::string> PathOrContent::Read() const {
  if (!path_.empty() && !content_.empty()) {
    return InvalidArgumentError(StrCat("flags --", name_, " and --", name_, "-file exclude each other"));
  }
  if (!given() && (options_ & kRequired) != 0) {
    return InvalidArgumentError(StrCat("flag --", name_, "-file or --", name_, " is required for the ", what_));
  }
  std::string text = content_;
  if (!path_.empty()) text = TRY(ReadFile(path_));
  if ((options_ & kExpandEnvironment) == 0) return text;
  return ExpandEnvironment(text).WithContext(path_.empty() ? StrCat("flag --", name_) : path_);
}

}  // namespace epi::config
