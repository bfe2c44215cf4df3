#include "tests/support/promqlref/natural_order.h"

#include <algorithm>
#include <string>
#include <vector>

namespace epi::promqlref {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::vector<std::string> Chunks(std::string_view text) {
  std::vector<std::string> chunks;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 0 || IsDigit(text[i]) != IsDigit(text[i - 1])) chunks.emplace_back();
    chunks.back().push_back(text[i]);
  }
  return chunks;
}

// Numbers as texts of equal length, padded with zeros in front.
void Pad(std::string* a, std::string* b) {
  const size_t size = std::max(a->size(), b->size());
  a->insert(0, size - a->size(), '0');
  b->insert(0, size - b->size(), '0');
}

}  // namespace

int NaturalCompare(std::string_view a, std::string_view b) {
  std::vector<std::string> as = Chunks(a);
  std::vector<std::string> bs = Chunks(b);
  for (size_t i = 0; i < std::min(as.size(), bs.size()); ++i) {
    if (IsDigit(as[i][0]) && IsDigit(bs[i][0])) Pad(&as[i], &bs[i]);
    if (as[i] != bs[i]) return as[i] < bs[i] ? -1 : 1;
  }
  if (as.size() == bs.size()) return 0;
  return as.size() < bs.size() ? -1 : 1;
}

}  // namespace epi::promqlref
