// Random PromQL over the data set: a walk through the grammar that knows types, so that most queries mean something.
//
// Contract: the sequence follows from the seed. Every query parses with all features on.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "common/base/random.h"

namespace epi::promqlgen {

// Which PromQL to speak.
enum class Dialect : uint8_t {
  kModern,  // Prometheus 3.14 with all features.
  kShared,  // What 2.42 and 3.14 both know and agree on.
};

struct RandomQuery {
  std::string text;
  bool is_range = false;
  // An instant query's time is start_ms.
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 0;
};

class QueryGenerator {
 public:
  QueryGenerator(uint64_t seed, Dialect dialect) : random_(seed), dialect_(dialect) {}
  RandomQuery Next();

 private:
  // What a vector's elements are.
  enum class Kind : uint8_t { kFloats, kCounters, kBuckets, kHistograms, kAny };

  std::string Vector(int depth, Kind kind = Kind::kFloats);
  std::string FloatVector(int depth);
  std::string HistogramVector(int depth);
  std::string Selector(Kind kind, bool range);
  std::string Matchers();
  std::string Modifiers(bool in_selector);
  std::string Range(int depth, Kind kind);
  std::string RangeCall(int depth);
  std::string HistogramRangeCall(int depth);
  std::string Extended();
  std::string Aggregation(int depth, Kind kind);
  std::string Grouping();
  std::string Binary(int depth);
  std::string BinaryWithScalar(int depth);
  std::string SetOperation(int depth);
  std::string Join(int depth);
  std::string HistogramCall(int depth);
  std::string HistogramArithmetic(int depth);
  std::string LabelCall(int depth);
  std::string MathCall(int depth);
  std::string OtherCall(int depth);
  std::string Scalar(int depth);
  std::string Number();
  std::string Quantile();
  std::string Duration();
  std::string SubqueryRange();

  bool modern() const { return dialect_ == Dialect::kModern; }
  // True in `percent` of 100 cases.
  bool Chance(uint64_t percent) { return random_.Uniform(100) < percent; }
  std::string Pick(std::initializer_list<std::string_view> choices);

  Random random_;
  const Dialect dialect_;
};

}  // namespace epi::promqlgen
