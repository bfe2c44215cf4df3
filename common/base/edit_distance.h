// Did-you-mean: the closest of the words someone may have meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace epi {

// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, in bytes.
size_t EditDistance(std::string_view a, std::string_view b);

// The candidate nearest to `word`, if it is near enough to be a typing mistake; else empty. Words above 64 bytes have none.
std::string_view ClosestWord(std::string_view word, std::span<const std::string> candidates);

// `, did you mean "x"?`, or nothing: ready to append to an error.
std::string DidYouMean(std::string_view word, std::span<const std::string> candidates);

}  // namespace epi
