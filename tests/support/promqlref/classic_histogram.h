// Quantiles and fractions of classic histograms.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace epi::promqlref {

struct Bucket {
  double upper = 0;
  double count = 0;  // Cumulative.
};

struct ClassicQuantile {
  double value = 0;
  // Set when counts had to be raised to make them rise.
  struct Repair {
    double bucket_min = 0;
    double bucket_max = 0;
    double diff_max = 0;
  };
  std::optional<Repair> repair;
};

// REQUIRES: buckets is not empty.
ClassicQuantile QuantileOfBuckets(double q, std::vector<Bucket> buckets);
double FractionOfBuckets(double lower, double upper, std::vector<Bucket> buckets);

// A bucket's bound as Go reads a float; nothing for what is none.
std::optional<double> ParseGoFloat(std::string_view text);

}  // namespace epi::promqlref
