#include "common/series/dedup.h"

#include <cmath>
#include <limits>
#include <utility>

#include "common/series/batch_cursor.h"

namespace epi::series {
namespace {

constexpr int64_t kNoTime = std::numeric_limits<int64_t>::min();

// a + b, staying at the largest value.
int64_t AddSaturated(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}
int64_t Doubled(int64_t later, int64_t earlier) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(later, earlier, &difference)) return std::numeric_limits<int64_t>::max();
  return AddSaturated(difference, difference);
}

// A replica, what it pays for not having been chosen, and by how much its counter is lifted.
class Replica {
 public:
  Replica(std::unique_ptr<SampleCursor> source, bool counter) : samples_(std::move(source)), counter_(counter) {}

  // Moves to the first sample at or after t_ms, one by one where resets must be seen.
  Status Seek(int64_t t_ms) {
    if (!counter_) return samples_.Seek(t_ms);
    for (;;) {
      RETURN_IF_ERROR(samples_.Load());
      if (samples_.done()) return OkStatus();
      See();
      if (samples_.time_ms() >= t_ms) return OkStatus();
      samples_.Advance(1);
    }
  }
  BatchCursor& samples() { return samples_; }

  bool is_float() const { return !samples_.batch().is_histogram(); }
  // A marker stays a marker, bit by bit.
  double value() const { return std::isnan(raw_value()) ? raw_value() : raw_value() + lift_; }
  double lift() const { return lift_; }
  // `last` was the value of the last sample taken, at last_t_ms, when the choice switched between the replicas.
  void LiftTo(double last, int64_t last_t_ms) {
    if (reset_t_ms_ <= last_t_ms && value() < last) lift_ += last - value();
  }

  int64_t penalty_ms = 0;

 private:
  double raw_value() const { return samples_.batch().values[samples_.position()]; }
  // A fall of the stored value is a real reset: what comes after it needs no lift.
  void See() {
    if (!is_float() || std::isnan(raw_value())) return;
    if (raw_value() < seen_) {
      reset_t_ms_ = samples_.time_ms();
      lift_ = 0;
    }
    seen_ = raw_value();
  }

  BatchCursor samples_;
  const bool counter_;
  double lift_ = 0;
  double seen_ = -std::numeric_limits<double>::infinity();
  int64_t reset_t_ms_ = kNoTime;
};

class DedupCursor : public SampleCursor {
 public:
  DedupCursor(std::unique_ptr<SampleCursor> a, std::unique_ptr<SampleCursor> b, bool counter)
      : replicas_{Replica(std::move(a), counter), Replica(std::move(b), counter)}, counter_(counter) {}

  // Takes samples as long as they follow each other in one batch of one replica, and hands that stretch out.
  Result<const SampleBatch*> Next() override {
    if (!pending_) RETURN_IF_ERROR(Choose());
    pending_ = false;
    if (chosen_ == nullptr) return nullptr;
    Replica* const replica = chosen_;
    const bool switched = previous_ != nullptr && previous_ != replica;
    previous_ = replica;
    if (switched && !replica->is_float()) return EmitSwitched(replica);
    const bool lift = switched ? LiftAtSwitch(replica) : replica->lift() != 0 && replica->is_float();
    return lift ? EmitLifted(replica) : EmitRun(replica);
  }

  void SkipTo(int64_t /*t_ms*/) override {}

 private:
  // One step of the algorithm: leaves the replica to take from in chosen_, null at the end.
  Status Choose() {
    Replica& a = replicas_[0];
    Replica& b = replicas_[1];
    if (!a.samples().done()) RETURN_IF_ERROR(a.Seek(NextTime(a)));
    if (!b.samples().done()) RETURN_IF_ERROR(b.Seek(NextTime(b)));
    if (a.samples().done() || b.samples().done()) {
      Replica& rest = a.samples().done() ? b : a;
      chosen_ = rest.samples().done() ? nullptr : &rest;
      if (chosen_ != nullptr) last_t_ = rest.samples().time_ms();
      rest.penalty_ms = 0;
      return OkStatus();
    }
    const bool use_a = a.samples().time_ms() <= b.samples().time_ms();
    Replica& winner = use_a ? a : b;
    Replica& loser = use_a ? b : a;
    const int64_t t = winner.samples().time_ms();
    loser.penalty_ms = last_t_ == kNoTime ? kFirstPenaltyMs : Doubled(t, last_t_);
    winner.penalty_ms = 0;
    last_t_ = t;
    chosen_ = &winner;
    return OkStatus();
  }
  int64_t NextTime(const Replica& replica) const {
    return last_t_ == kNoTime ? kNoTime : AddSaturated(last_t_ + 1, replica.penalty_ms);
  }

  // Goes on while the same replica is chosen inside its current batch. Calls `taken` per sample; returns their number.
  template <typename Taken>
  Result<size_t> Run(Replica* replica, const Taken& taken) {
    const size_t available = replica->samples().remaining();
    size_t length = 0;
    for (;;) {
      taken();
      if (++length == available) break;
      RETURN_IF_ERROR(Choose());
      pending_ = chosen_ != replica;
      if (pending_) break;
    }
    return length;
  }

  // REQUIRES: the batch is not touched until it was handed out: Run() stops at its end.
  Result<const SampleBatch*> EmitRun(Replica* replica) {
    const SampleBatch whole = replica->samples().Slice(replica->samples().remaining());
    const size_t length = TRY(Run(replica, [] {}));
    const auto part = [&](auto span) { return span.empty() ? span : span.first(length); };
    batch_ = {.times_ms = part(whole.times_ms),
              .values = part(whole.values),
              .histograms = part(whole.histograms),
              .start_times_ms = part(whole.start_times_ms)};
    Finish();
    return &batch_;
  }
  Result<const SampleBatch*> EmitLifted(Replica* replica) {
    const SampleBatch whole = replica->samples().Slice(replica->samples().remaining());
    lifted_.clear();
    const size_t length = TRY(Run(replica, [&] { lifted_.push_back(replica->value()); }));
    batch_ = {.times_ms = whole.times_ms.first(length), .values = lifted_, .histograms = {}, .start_times_ms = whole.start_times_ms};
    if (!batch_.start_times_ms.empty()) batch_.start_times_ms = batch_.start_times_ms.first(length);
    Finish();
    return &batch_;
  }
  Result<const SampleBatch*> EmitSwitched(Replica* replica) {
    batch_ = replica->samples().Slice(1);
    switched_ = AfterSwitch(batch_.histograms[0]);
    batch_.histograms = std::span<const FloatHistogram>(&switched_, 1);
    Finish();
    return &batch_;
  }

  // Lifts every replica that lies below the last value; says whether the new one is lifted.
  bool LiftAtSwitch(Replica* taking_over) {
    if (counter_ && last_is_float_) {
      for (Replica& replica : replicas_) {
        if (!replica.samples().done() && replica.is_float()) replica.LiftTo(last_value_, last_taken_ms_);
      }
    }
    return taking_over->lift() != 0;
  }
  void Finish() {
    last_taken_ms_ = batch_.times_ms.back();
    last_is_float_ = !batch_.is_histogram();
    if (last_is_float_ && !std::isnan(batch_.values.back())) last_value_ = batch_.values.back();
  }

  Replica replicas_[2];
  const bool counter_;
  int64_t last_t_ = kNoTime;
  Replica* chosen_ = nullptr;
  Replica* previous_ = nullptr;
  bool pending_ = false;
  bool last_is_float_ = false;
  int64_t last_taken_ms_ = kNoTime;
  double last_value_ = -std::numeric_limits<double>::infinity();
  SampleBatch batch_;
  std::vector<double> lifted_;
  FloatHistogram switched_;
};

}  // namespace

std::unique_ptr<SampleCursor> DedupCursors(std::vector<std::unique_ptr<SampleCursor>> replicas, bool counter) {
  CHECK(!replicas.empty());
  std::unique_ptr<SampleCursor> all = std::move(replicas.front());
  for (size_t i = 1; i < replicas.size(); ++i) {
    all = std::make_unique<DedupCursor>(std::move(all), std::move(replicas[i]), counter);
  }
  return all;
}

bool IsCounterFunction(std::string_view func) {
  return func == "rate" || func == "irate" || func == "increase" || func == "resets";
}

}  // namespace epi::series
