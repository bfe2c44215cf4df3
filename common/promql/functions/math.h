// Functions of one number, and calendar functions of a Unix time in seconds.
#pragma once

#include <string_view>

namespace epi::promql {

using FloatFunction = double (*)(double);

// abs, ceil, ln, sin, sgn, … ; minute, hour, day_of_month, … Null for others.
FloatFunction FindFloatFunction(std::string_view name);
// Is it one of the calendar functions (whose argument may be missing)?
bool IsCalendarFunction(std::string_view name);

// The smaller, resp. larger one; NaN if either is, except that an infinity that decides anyway wins (as in Go).
double MinOf(double a, double b);
double MaxOf(double a, double b);

// Nearest multiple of `to_nearest`, halves upwards.
double RoundToNearest(double value, double to_nearest);

}  // namespace epi::promql
