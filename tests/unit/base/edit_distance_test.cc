#include "common/base/edit_distance.h"

#include <vector>

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(EditDistance("", "") == 0);
  CHECK(EditDistance("abc", "") == 3);
  CHECK(EditDistance("", "ab") == 2);
  CHECK(EditDistance("kitten", "sitting") == 3);
  CHECK(EditDistance("abcd", "abdc") == 1);
  CHECK(EditDistance("bucket", "bukcet") == 1);
}

TEST_CASE("did-you-mean names the nearest word, and nothing when all are far") {
  const std::vector<std::string> words = {"access_key", "secret_key", "bucket", "endpoint"};
  CHECK(ClosestWord("acess_key", words) == "access_key");
  CHECK(DidYouMean("buckt", words) == ", did you mean \"bucket\"?");
  CHECK(DidYouMean("zzzzzz", words).empty());
  CHECK(DidYouMean(std::string(1000, 'a'), words).empty());
}

}  // namespace
}  // namespace epi
