// Finds the smallest head among k ordered sources with log2(k) comparisons per step.
//
//          ┌── winner ──┐
//        loser        loser      Every inner node remembers who lost there, so that after the winner's head
//       ┌──┴──┐      ┌──┴──┐     changed, only the losers on its own way up are asked again.
//       s0    s1     s2    s3
//
// Contract: `Less` is called as less(a, b) with source indexes and says whether the head of a goes before that of b.
//           Exhausted sources go last. Ties go to the lower index, whatever Less says about equal heads being unordered.
// Threads:  none.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "common/base/check.h"

namespace epi::series {

template <typename Less>
class LoserTree {
 public:
  // REQUIRES: count > 0. All heads are ready to be compared.
  LoserTree(size_t count, Less less) : count_(count), less_(std::move(less)), losers_(count) {
    CHECK(count > 0);
    winner_ = Build(1);
  }

  size_t winner() const { return winner_; }

  // The winner's head has changed: finds the new winner.
  void Replay() {
    size_t candidate = winner_;
    for (size_t node = (candidate + count_) / 2; node > 0; node /= 2) {
      if (GoesBefore(losers_[node], candidate)) std::swap(losers_[node], candidate);
    }
    winner_ = candidate;
  }

 private:
  bool GoesBefore(size_t a, size_t b) { return less_(a, b) || (a < b && !less_(b, a)); }
  // Plays the games below `node`; leaves are numbered from count_ on.
  size_t Build(size_t node) {
    if (node >= count_) return node - count_;
    const size_t left = Build(2 * node);
    const size_t right = Build(2 * node + 1);
    const bool left_wins = GoesBefore(left, right);
    losers_[node] = left_wins ? right : left;
    return left_wins ? left : right;
  }

  const size_t count_;
  Less less_;
  std::vector<size_t> losers_;
  size_t winner_ = 0;
};

}  // namespace epi::series
