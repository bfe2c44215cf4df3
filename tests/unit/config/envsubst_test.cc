#include "common/config/envsubst.h"

#include "tests/support/catch.h"

namespace epi::config {
namespace {

Result<std::string> Expand(std::string_view text) {
  return ExpandVariables(text, [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOST") return "db$(HOST)";
    if (name == "EMPTY") return "";
    return std::nullopt;
  });
}

TEST_CASE("variables are replaced once, and other dollar signs stay") {
  CHECK(*Expand("a$(HOST)b$(EMPTY)c") == "adb$(HOST)bc");
  CHECK(*Expand("$ $$ $( $() $(A B) ${HOST} $HOST $(HOST") == "$ $$ $( $() $(A B) ${HOST} $HOST $(HOST");
  CHECK(*Expand("") == "");
}

TEST_CASE("all missing variables are named") {
  const Status status = Expand("$(B) $(HOST) $(A) $(B)").status();
  CHECK(status.code() == StatusCode::kNotFound);
  CHECK(status.message() == "environment variable not set: A, B");
}

}  // namespace
}  // namespace epi::config
