// What the operators of a query did, as a tree: for analyze.
//
// Contract: times include those of the children, and add up what all workers spent.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

struct OperatorProfile {
  std::string name;  // As in EXPLAIN.
  std::chrono::nanoseconds time{0};
  int64_t series = 0;   // Columns computed.
  int64_t samples = 0;  // Their points.
  std::vector<OperatorProfile> children;
};

// Collects a profile while operators are built and run.
//
// Threads: operators are built, and Finish() is called, by one thread; they are run by several.
class Profiler {
 public:
  // Builds one operator by `build`, as child of the one that is being built.
  template <typename Build>
  Result<VectorOperatorPtr> Watch(std::string name, Build build);

  // The roots' profiles under one node.
  OperatorProfile Finish(std::string name, std::chrono::nanoseconds time) const;

 private:
  struct Node {
    std::string name;
    std::atomic<int64_t> time_ns{0};
    std::atomic<int64_t> series{0};
    std::atomic<int64_t> samples{0};
    std::vector<std::unique_ptr<Node>> children;
  };
  class WatchedOperator;

  static VectorOperatorPtr Wrap(VectorOperatorPtr op, Node* node);
  static OperatorProfile ProfileOf(const Node& node);

  Node root_;
  Node* current_ = &root_;
};

template <typename Build>
Result<VectorOperatorPtr> Profiler::Watch(std::string name, Build build) {
  Node* const parent = current_;
  parent->children.push_back(std::make_unique<Node>());
  current_ = parent->children.back().get();
  current_->name = std::move(name);
  const auto begin = std::chrono::steady_clock::now();
  Result<VectorOperatorPtr> op = build();
  current_->time_ns += (std::chrono::steady_clock::now() - begin).count();
  Node* const node = current_;
  current_ = parent;
  if (!op.ok()) return op;
  return Wrap(std::move(op).value(), node);
}

}  // namespace epi::promql
