// Compensated sums of many columns at once: sums[i] + compensations[i] is the total of all values[i] added so far.
//
// Contract: to the bit what KahanSum::Add() does, element by element.
#pragma once

#include <span>

namespace epi::promql {

// REQUIRES: all three of one size.
void AddKahan(std::span<const double> values, std::span<double> sums, std::span<double> compensations);

}  // namespace epi::promql
