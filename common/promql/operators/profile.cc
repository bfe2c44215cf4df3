#include "common/promql/operators/profile.h"

namespace epi::promql {

// Passes everything on, and takes notes.
class Profiler::WatchedOperator final : public VectorOperator {
 public:
  WatchedOperator(VectorOperatorPtr op, Node* node) : VectorOperator(op->grid()), op_(std::move(op)), node_(node) {
    series_ = op_->series();
  }

  bool streams() const override { return op_->streams(); }
  Status FetchBatch(size_t count) override {
    const auto begin = std::chrono::steady_clock::now();
    Status status = op_->FetchBatch(count);
    node_->time_ns += (std::chrono::steady_clock::now() - begin).count();
    return status;
  }
  bool NextBatch() override {
    if (!op_->NextBatch()) return false;
    series_ = op_->series();
    return true;
  }

  Status Fill(size_t index, size_t worker, Column* out) override {
    const auto begin = std::chrono::steady_clock::now();
    Status status = op_->Fill(index, worker, out);
    node_->time_ns += (std::chrono::steady_clock::now() - begin).count();
    node_->series += 1;
    node_->samples += static_cast<int64_t>(out->PointCount());
    return status;
  }

 private:
  const VectorOperatorPtr op_;
  Node* const node_;
};

VectorOperatorPtr Profiler::Wrap(VectorOperatorPtr op, Node* node) { return std::make_unique<WatchedOperator>(std::move(op), node); }

OperatorProfile Profiler::ProfileOf(const Node& node) {
  OperatorProfile profile{.name = node.name, .time = std::chrono::nanoseconds(node.time_ns), .series = node.series, .samples = node.samples};
  for (const auto& child : node.children) profile.children.push_back(ProfileOf(*child));
  return profile;
}

OperatorProfile Profiler::Finish(std::string name, std::chrono::nanoseconds time) const {
  OperatorProfile profile = ProfileOf(root_);
  profile.name = std::move(name);
  profile.time = time;
  for (const OperatorProfile& child : profile.children) {
    profile.series += child.series;
    profile.samples += child.samples;
  }
  return profile;
}

}  // namespace epi::promql
