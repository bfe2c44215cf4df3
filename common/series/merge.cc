#include "common/series/merge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/series/batch_cursor.h"
#include "common/series/loser_tree.h"

namespace epi::series {
namespace {

class MergeCursor : public SampleCursor {
 public:
  explicit MergeCursor(std::vector<std::unique_ptr<SampleCursor>> cursors) {
    for (auto& cursor : cursors) parts_.emplace_back(std::move(cursor));
  }

  Result<const SampleBatch*> Next() override {
    for (BatchCursor& part : parts_) {
      RETURN_IF_ERROR(started_ ? part.Seek(last_t_ + 1) : part.Load());
    }
    const size_t best = Earliest();
    if (parts_[best].done()) return nullptr;
    Emit(best, RunLength(best));
    return &batch_;
  }

  void SkipTo(int64_t t_ms) override {
    for (BatchCursor& part : parts_) part.source().SkipTo(t_ms);
  }

 private:
  // Ties go to the earlier part. When all are done any of them.
  size_t Earliest() const {
    size_t best = 0;
    for (size_t i = 1; i < parts_.size(); ++i) {
      if (parts_[i].done()) continue;
      if (parts_[best].done() || parts_[i].time_ms() < parts_[best].time_ms()) best = i;
    }
    return best;
  }
  // How many samples of `best` come before the next one of any other part.
  size_t RunLength(size_t best) const {
    const BatchCursor& part = parts_[best];
    const auto times = part.batch().times_ms.subspan(part.position());
    size_t length = times.size();
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (i == best || parts_[i].done()) continue;
      // At equal times the earlier part keeps its sample.
      const int64_t limit = parts_[i].time_ms();
      const auto end = best < i ? std::upper_bound(times.begin(), times.end(), limit) : std::lower_bound(times.begin(), times.end(), limit);
      length = std::min(length, static_cast<size_t>(end - times.begin()));
    }
    return length;
  }
  void Emit(size_t best, size_t length) {
    BatchCursor& part = parts_[best];
    const bool switched = started_ && best != last_part_;
    if (switched && part.batch().is_histogram()) {
      // The first histogram alone, with its hint cleared.
      length = 1;
      switched_ = AfterSwitch(part.batch().histograms[part.position()]);
      batch_ = part.Slice(1);
      batch_.histograms = std::span<const FloatHistogram>(&switched_, 1);
    } else {
      batch_ = part.Slice(length);
    }
    last_t_ = batch_.times_ms.back();
    last_part_ = best;
    started_ = true;
  }

  std::vector<BatchCursor> parts_;
  SampleBatch batch_;
  FloatHistogram switched_;
  bool started_ = false;
  int64_t last_t_ = 0;
  size_t last_part_ = 0;
};

class MergedSeries : public Series {
 public:
  explicit MergedSeries(std::vector<std::unique_ptr<Series>> parts) : parts_(std::move(parts)) {}

  const labels::Labels& labels() const override { return parts_.front()->labels(); }
  Result<std::unique_ptr<SampleCursor>> Samples(std::unique_ptr<SampleCursor> /*reuse*/) const override {
    std::vector<std::unique_ptr<SampleCursor>> cursors;
    for (const auto& part : parts_) cursors.push_back(TRY(part->Samples()));
    return MergeCursors(std::move(cursors));
  }

 private:
  const std::vector<std::unique_ptr<Series>> parts_;
};

class MergedSeriesSet : public SeriesSet {
 public:
  explicit MergedSeriesSet(std::vector<std::unique_ptr<SeriesSet>> sets) : sets_(std::move(sets)), heads_(sets_.size()) {}

  Result<std::unique_ptr<Series>> Next() override {
    RETURN_IF_ERROR(Start());
    std::vector<std::unique_ptr<Series>> parts;
    while (heads_[tree_->winner()] != nullptr) {
      const size_t winner = tree_->winner();
      if (!parts.empty() && parts.front()->labels() != heads_[winner]->labels()) break;
      parts.push_back(std::move(heads_[winner]));
      heads_[winner] = TRY(sets_[winner]->Next());
      tree_->Replay();
    }
    if (parts.empty()) return nullptr;
    if (parts.size() == 1) return std::move(parts.front());
    return std::make_unique<MergedSeries>(std::move(parts));
  }

  std::vector<std::string> Warnings() const override {
    std::vector<std::string> all;
    for (const auto& set : sets_) {
      for (std::string& warning : set->Warnings()) {
        if (std::find(all.begin(), all.end(), warning) == all.end()) all.push_back(std::move(warning));
      }
    }
    return all;
  }

 private:
  struct HeadLess {
    const std::vector<std::unique_ptr<Series>>* heads;
    bool operator()(size_t a, size_t b) const {
      const Series* x = (*heads)[a].get();
      const Series* y = (*heads)[b].get();
      if (x == nullptr || y == nullptr) return y == nullptr && x != nullptr;
      return x->labels() < y->labels();
    }
  };

  Status Start() {
    if (tree_.has_value()) return OkStatus();
    for (size_t i = 0; i < sets_.size(); ++i) heads_[i] = TRY(sets_[i]->Next());
    tree_.emplace(sets_.size(), HeadLess{&heads_});
    return OkStatus();
  }

  const std::vector<std::unique_ptr<SeriesSet>> sets_;
  std::vector<std::unique_ptr<Series>> heads_;
  std::optional<LoserTree<HeadLess>> tree_;
};

class EmptySeriesSet : public SeriesSet {
 public:
  Result<std::unique_ptr<Series>> Next() override { return nullptr; }
};

}  // namespace

std::unique_ptr<SeriesSet> MergeSeriesSets(std::vector<std::unique_ptr<SeriesSet>> sets) {
  if (sets.empty()) return std::make_unique<EmptySeriesSet>();
  if (sets.size() == 1) return std::move(sets.front());
  return std::make_unique<MergedSeriesSet>(std::move(sets));
}

std::unique_ptr<SampleCursor> MergeCursors(std::vector<std::unique_ptr<SampleCursor>> cursors) {
  CHECK(!cursors.empty());
  if (cursors.size() == 1) return std::move(cursors.front());
  return std::make_unique<MergeCursor>(std::move(cursors));
}

}  // namespace epi::series
