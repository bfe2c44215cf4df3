#include "common/base/edit_distance.h"

#include <algorithm>
#include <vector>

#include "common/base/str_cat.h"

namespace epi {
namespace {

constexpr size_t kWordBytesMax = 64;

// Edits that still look like a mistake: one in three letters, at most four.
size_t Tolerance(size_t word_size) { return std::min<size_t>(4, std::max<size_t>(1, word_size / 3)); }

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  // Rows of the distance table: two back (for swaps), the last, and the one being filled.
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + static_cast<size_t>(a[i - 1] != b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string_view ClosestWord(std::string_view word, std::span<const std::string> candidates) {
  if (word.size() > kWordBytesMax) return {};
  std::string_view closest;
  size_t closest_distance = Tolerance(word.size()) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > 2 * kWordBytesMax) continue;
    const size_t distance = EditDistance(word, candidate);
    if (distance < closest_distance) {
      closest = candidate;
      closest_distance = distance;
    }
  }
  return closest;
}

std::string DidYouMean(std::string_view word, std::span<const std::string> candidates) {
  const std::string_view closest = ClosestWord(word, candidates);
  return closest.empty() ? std::string() : StrCat(", did you mean \"", closest, "\"?");
}

}  // namespace epi
