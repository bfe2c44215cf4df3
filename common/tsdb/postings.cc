#include "common/tsdb/postings.h"

#include <algorithm>
#include <array>
#include <bit>

#include "common/base/check.h"
#include "common/tsdb/postings_kernel.h"

namespace epi::tsdb {
namespace {

using Batch = std::span<const SeriesId>;

class Empty final : public Postings {
 public:
  Batch Next(SeriesId /*from*/) override { return {}; }
  uint64_t count_max() const override { return 0; }
};

// One list. Batches start small after a jump, so that a few ids far apart cost little, and double while they are read in order.
class List final : public Postings {
 public:
  explicit List(PostingsList list) : list_(list) {}

  Batch Next(SeriesId from) override {
    const size_t begin = list_.LowerBound(position_, from);
    if (begin - position_ > batch_) batch_ = kBatchMin;
    const size_t count = std::min(batch_, list_.count() - begin);
    BestKernel().decode(list_.data() + begin * 4, count, ids_.data());
    position_ = begin + count;
    batch_ = std::min(batch_ * 2, kBatchMax);
    return {ids_.data(), count};
  }
  uint64_t count_max() const override { return list_.count(); }

 private:
  static constexpr size_t kBatchMin = 16;

  const PostingsList list_;
  size_t position_ = 0;
  size_t batch_ = kBatchMin;
  std::array<SeriesId, kBatchMax> ids_;
};

// Many lists. A window of ids slides over all of them: each list sets its bits in the window's bitmap, then the bits are read
// in order. The window is large enough that visiting every list once per window costs little.
class Union final : public Postings {
 public:
  explicit Union(std::vector<PostingsList> lists) {
    heads_.reserve(lists.size());
    for (const PostingsList& list : lists) {
      if (list.empty()) continue;
      heads_.push_back({list, 0});
      count_max_ += list.count();
    }
    words_.resize(std::clamp(std::bit_ceil(heads_.size()), kWordsMin, kWordsMax));
    word_ = words_.size();
  }

  Batch Next(SeriesId from) override {
    for (;;) {
      const size_t count = Emit(from);
      if (count > 0) return {ids_.data(), count};
      if (!Fill(std::max<uint64_t>(from, window_begin_ + words_.size() * kWordBits))) return {};
    }
  }
  uint64_t count_max() const override { return count_max_; }

 private:
  struct Head {
    PostingsList list;
    size_t position;
  };
  static constexpr uint64_t kWordBits = 64;
  // Windows of 65,536 to 8,388,608 ids: 8 KiB to 1 MiB.
  static constexpr size_t kWordsMin = 1U << 10;
  static constexpr size_t kWordsMax = 1U << 17;

  // Copies ids of the window into ids_, at most a batch.
  size_t Emit(SeriesId from) {
    if (filled_ && from > window_begin_) {
      const uint64_t skip = (from - window_begin_) / kWordBits;
      if (skip >= words_.size()) {
        word_ = words_.size();
      } else if (skip >= word_) {
        word_ = skip;
        words_[word_] &= ~uint64_t{0} << (from - window_begin_) % kWordBits;
      }
    }
    size_t count = 0;
    for (; filled_ && word_ < words_.size(); ++word_) {
      if (count + kWordBits > kBatchMax) break;
      for (uint64_t bits = words_[word_]; bits != 0; bits &= bits - 1) {
        ids_[count++] = static_cast<SeriesId>(window_begin_ + word_ * kWordBits) + static_cast<SeriesId>(std::countr_zero(bits));
      }
    }
    return count;
  }

  // Moves the window to the lowest id not below `from`; false when there is none.
  bool Fill(uint64_t from) {
    if (filled_ && from > UINT32_MAX) return false;
    uint64_t lowest = UINT64_MAX;
    for (size_t i = 0; i < heads_.size();) {
      Head& head = heads_[i];
      head.position = head.list.LowerBound(head.position, filled_ ? static_cast<SeriesId>(from) : 0);
      if (head.position == head.list.count()) {
        head = heads_.back();
        heads_.pop_back();
        continue;
      }
      lowest = std::min<uint64_t>(lowest, head.list[head.position]);
      ++i;
    }
    if (heads_.empty()) return false;
    filled_ = true;
    window_begin_ = lowest / kWordBits * kWordBits;
    word_ = 0;
    SetBits();
    return true;
  }

  void SetBits() {
    std::fill(words_.begin(), words_.end(), 0);
    const uint64_t end = window_begin_ + words_.size() * kWordBits;
    for (Head& head : heads_) {
      for (; head.position < head.list.count(); ++head.position) {
        const uint64_t id = head.list[head.position];
        // Below the window only in a list that is out of order: such an id is nowhere.
        if (id >= end) break;
        if (id < window_begin_) continue;
        words_[(id - window_begin_) / kWordBits] |= uint64_t{1} << (id % kWordBits);
      }
    }
  }

  std::vector<Head> heads_;
  uint64_t count_max_ = 0;
  std::vector<uint64_t> words_;
  bool filled_ = false;
  uint64_t window_begin_ = 0;
  size_t word_ = 0;
  std::array<SeriesId, kBatchMax> ids_;
};

// Ids of `a` that are (keep_marked) or are not in `b`.
class Marked final : public Postings {
 public:
  Marked(std::unique_ptr<Postings> a, std::unique_ptr<Postings> b, bool keep_marked)
      : a_(std::move(a)), b_(std::move(b)), keep_marked_(keep_marked) {}

  Batch Next(SeriesId from) override {
    for (;;) {
      const Batch batch = a_->Next(from);
      if (batch.empty()) return {};
      Mark(batch);
      const size_t count = BestKernel().compress(batch, marks_.data(), keep_marked_, ids_.data());
      if (count > 0) return {ids_.data(), count};
      if (keep_marked_ && b_done_) return {};
      if (batch.back() == UINT32_MAX) return {};
      from = batch.back() + 1;
      if (keep_marked_ && !b_batch_.empty()) from = std::max(from, b_batch_.front());
    }
  }
  uint64_t count_max() const override {
    return keep_marked_ ? std::min(a_->count_max(), b_->count_max()) : a_->count_max();
  }

 private:
  void Mark(Batch batch) {
    marks_.fill(0);
    size_t done = 0;  // Ids before this one need no look at b any more.
    while (done < batch.size() && !b_done_) {
      b_batch_ = b_batch_.subspan(static_cast<size_t>(
          std::lower_bound(b_batch_.begin(), b_batch_.end(), batch[done]) - b_batch_.begin()));
      if (b_batch_.empty()) {
        b_batch_ = b_->Next(batch[done]);
        b_done_ = b_batch_.empty();
        if (b_done_) return;
      }
      const size_t aligned = done / 8 * 8;
      BestKernel().mark(batch.subspan(aligned), b_batch_, marks_.data() + aligned / 8);
      if (b_batch_.back() >= batch.back()) return;
      done = static_cast<size_t>(
          std::upper_bound(batch.begin() + static_cast<std::ptrdiff_t>(done), batch.end(), b_batch_.back()) - batch.begin());
      b_batch_ = {};
    }
  }

  const std::unique_ptr<Postings> a_;
  const std::unique_ptr<Postings> b_;
  const bool keep_marked_;
  Batch b_batch_;
  bool b_done_ = false;
  std::array<uint8_t, kBatchMax / 8> marks_;
  std::array<SeriesId, kBatchMax + 8> ids_;
};

}  // namespace

std::unique_ptr<Postings> EmptyPostings() { return std::make_unique<Empty>(); }

std::unique_ptr<Postings> ListPostings(PostingsList list) { return std::make_unique<List>(list); }

std::unique_ptr<Postings> UnionPostings(std::vector<PostingsList> lists) {
  if (lists.empty()) return EmptyPostings();
  if (lists.size() == 1) return ListPostings(lists[0]);
  return std::make_unique<Union>(std::move(lists));
}

std::unique_ptr<Postings> IntersectPostings(std::vector<std::unique_ptr<Postings>> sets) {
  CHECK(!sets.empty());
  std::stable_sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) { return a->count_max() < b->count_max(); });
  std::unique_ptr<Postings> result = std::move(sets[0]);
  for (size_t i = 1; i < sets.size(); ++i) {
    result = std::make_unique<Marked>(std::move(result), std::move(sets[i]), true);
  }
  return result;
}

std::unique_ptr<Postings> SubtractPostings(std::unique_ptr<Postings> from, std::unique_ptr<Postings> what) {
  return std::make_unique<Marked>(std::move(from), std::move(what), false);
}

}  // namespace epi::tsdb
