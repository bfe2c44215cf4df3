#include "common/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace epi {
namespace {

TEST_CASE("a file written atomically reads back, replaces the old one and leaves nothing beside it") {
  const TempDir dir;
  const std::string path = dir.path() + "/meta.json";
  REQUIRE(WriteFileAtomically(path, "old").ok());
  const std::string big(300000, 'x');
  REQUIRE(WriteFileAtomically(path, big, 0600).ok());
  CHECK(*ReadFile(path) == big);
  CHECK(dir.List() == std::vector<std::string>{"meta.json"});
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("file errors name the path and the reason") {
  const TempDir dir;
  const Status missing = ReadFile(dir.path() + "/absent").status();
  CHECK(missing.code() == StatusCode::kNotFound);
  CHECK(missing.message() == StrCat("open ", dir.path(), "/absent: No such file or directory"));
  CHECK(ReadFile(dir.path()).status().code() == StatusCode::kInvalidArgument);
  CHECK(WriteFileAtomically(dir.path() + "/absent/file", "x").code() == StatusCode::kNotFound);
}

TEST_CASE("a file larger than its limit is refused, and files without a size are read") {
  const TempDir dir;
  const std::string path = dir.path() + "/f";
  REQUIRE(WriteFileAtomically(path, "12345").ok());
  CHECK(*ReadFile(path, 5) == "12345");
  CHECK(ReadFile(path, 4).status().code() == StatusCode::kResourceExhausted);
  CHECK_FALSE(ReadFile("/proc/self/status")->empty());
}

TEST_CASE("directories are made with their parents, and a file in the way is an error") {
  const TempDir dir;
  CHECK(MakeDirectories(dir.path() + "/a/b/c").ok());
  CHECK(MakeDirectories(dir.path() + "/a/b/c").ok());
  REQUIRE(WriteFileAtomically(dir.path() + "/a/f", "").ok());
  CHECK_FALSE(MakeDirectories(dir.path() + "/a/f").ok());
  CHECK_FALSE(MakeDirectories(dir.path() + "/a/f/g").ok());
}

TEST_CASE("the parent of a path is what comes before the last slash") {
  CHECK(ParentDirectory("a") == ".");
  CHECK(ParentDirectory("/a") == "/");
  CHECK(ParentDirectory("/a/b") == "/a");
}

}  // namespace
}  // namespace epi
