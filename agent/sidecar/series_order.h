// Adds external labels to a sorted stream of series and keeps it sorted, holding back only a handful of series.
//
// Prometheus sends series in the order of their own labels. Adding the same label (e, v) to all of them moves a series only in
// one case: A ended where B goes on with names below e. A came first as the shorter one; with e added it comes after B.
//
//   own labels, sorted        with m="x", as received      sorted
//   A {a="1"}                 {a="1", m="x"}               C {a="1", b="2", m="x"}
//   C {a="1", b="2"}          {a="1", b="2", m="x"}        A {a="1", m="x"}
//   B {a="1", z="9"}          {a="1", m="x", z="9"}        B {a="1", m="x", z="9"}
//
// 1. A series is put on a stack when all its names are below e: others may have to pass it.
// 2. The next series leaves the ones on the stack that it extends by a name below e; the rest is emitted first, top down.
// The stack is a chain of series each extending the one below, so it is never deeper than a series has labels.
// Several external labels are added one after another, in the order of their names.
//
// Contract: Push in order of own labels; own labels must not have an external name. Emits in order of the merged labels.
// Threads:  none.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"

namespace epi::agent {

// A series on its way: labels and whatever belongs to it.
struct OrderedSeries {
  labels::Labels labels;
  std::string chunks;  // AggrChunks, encoded.
  size_t chunk_count = 0;
};

class SeriesOrder {
 public:
  using Emit = std::function<Status(OrderedSeries)>;

  // `external` may be empty: then series pass straight through.
  SeriesOrder(const labels::Labels& external, Emit emit);

  // Errors: those of emit.
  Status Push(OrderedSeries series);
  // Emits what is held back. Call once after the last Push.
  Status Finish();

 private:
  // Adds one label.
  struct Stage {
    std::string name;
    std::string value;
    std::vector<OrderedSeries> held;  // Without the label; each extends the one before.
  };
  Status PushStage(size_t stage, OrderedSeries series);
  Status Release(size_t stage);

  std::vector<Stage> stages_;
  const Emit emit_;
};

}  // namespace epi::agent
