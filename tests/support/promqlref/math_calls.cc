// Functions of single floats, and of the calendar.
#include <cmath>
#include <limits>
#include <map>

#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {
namespace {

constexpr double kPi = 3.141592653589793;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Date {
  int64_t year = 1970;
  int month = 1;
  int64_t day = 1;
  int64_t day_of_year = 1;
  int days_in_month = 31;
};

bool IsLeap(int64_t year) { return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0); }
int DaysIn(int64_t year, int month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Counts through the calendar, after whole cycles of 400 years.
Date DateOf(int64_t days) {
  constexpr int64_t kCycleDays = 146'097;
  const int64_t cycles = (days - (days < 0 ? kCycleDays - 1 : 0)) / kCycleDays;
  days -= cycles * kCycleDays;
  Date date;
  date.year += 400 * cycles;
  while (days >= (IsLeap(date.year) ? 366 : 365)) days -= IsLeap(date.year++) ? 366 : 365;
  date.day_of_year = days + 1;
  while (days >= DaysIn(date.year, date.month)) days -= DaysIn(date.year, date.month++);
  date.day = days + 1;
  date.days_in_month = DaysIn(date.year, date.month);
  return date;
}

double Calendar(std::string_view name, double value) {
  // What is no 64-bit number of seconds is taken as the smallest, whose date Go's calendar wraps around to the far future.
  constexpr double kLimit = 9223372036854775808.0;
  const bool fits = value >= -kLimit && value < kLimit;
  const int64_t seconds = fits ? static_cast<int64_t>(value) : std::numeric_limits<int64_t>::min();
  int64_t second = seconds % 86'400;
  int64_t days = seconds / 86'400;
  if (second < 0) {
    second += 86'400;
    --days;
  }
  if (seconds == std::numeric_limits<int64_t>::min()) {
    days = 106'751'991'167'300;
    second = 55'808;
  }
  if (name == "minute") return static_cast<double>(second / 60 % 60);
  if (name == "hour") return static_cast<double>(second / 3600);
  if (name == "day_of_week") return static_cast<double>(((days % 7) + 11) % 7);
  const Date date = DateOf(days);
  if (name == "day_of_month") return static_cast<double>(date.day);
  if (name == "day_of_year") return static_cast<double>(date.day_of_year);
  if (name == "days_in_month") return date.days_in_month;
  if (name == "month") return date.month;
  return static_cast<double>(date.year);
}

using FloatFunction = double (*)(double);
const std::map<std::string_view, FloatFunction>& Functions() {
  static const std::map<std::string_view, FloatFunction> functions = {
      {"abs", [](double v) { return std::fabs(v); }},   {"ceil", [](double v) { return std::ceil(v); }},
      {"floor", [](double v) { return std::floor(v); }}, {"exp", [](double v) { return std::exp(v); }},
      {"ln", [](double v) { return std::log(v); }},     {"log2", [](double v) { return std::log2(v); }},
      {"log10", [](double v) { return std::log10(v); }}, {"sqrt", [](double v) { return std::sqrt(v); }},
      {"sgn", [](double v) { return v < 0 ? -1 : v > 0 ? 1 : v; }},
      {"deg", [](double v) { return v * 180 / kPi; }},  {"rad", [](double v) { return v * kPi / 180; }},
      {"sin", [](double v) { return std::sin(v); }},    {"cos", [](double v) { return std::cos(v); }},
      {"tan", [](double v) { return std::tan(v); }},    {"asin", [](double v) { return std::asin(v); }},
      {"acos", [](double v) { return std::acos(v); }},  {"atan", [](double v) { return std::atan(v); }},
      {"sinh", [](double v) { return std::sinh(v); }},  {"cosh", [](double v) { return std::cosh(v); }},
      {"tanh", [](double v) { return std::tanh(v); }},  {"asinh", [](double v) { return std::asinh(v); }},
      {"acosh", [](double v) { return std::acosh(v); }}, {"atanh", [](double v) { return std::atanh(v); }},
  };
  return functions;
}

bool IsCalendar(std::string_view name) {
  return name == "minute" || name == "hour" || name == "month" || name == "year" || name.starts_with("day");
}

bool IsClamp(std::string_view name) { return name.starts_with("clamp"); }

// The value of a function of a float and scalar arguments; nothing for an impossible clamp.
std::optional<double> Apply(std::string_view name, double value, const std::vector<double>& args) {
  if (name == "round") {
    const double inverse = 1 / (args.empty() ? 1 : args[0]);
    return std::floor(value * inverse + 0.5) / inverse;
  }
  if (IsClamp(name)) {
    const double min = name == "clamp_max" ? -kInfinity : args[0];
    const double max = name == "clamp_min" ? kInfinity : args.back();
    if (max < min) return std::nullopt;
    return GoMax(min, GoMin(max, value));
  }
  if (IsCalendar(name)) return Calendar(name, value);
  return Functions().at(name)(value);
}

}  // namespace

double GoMin(double a, double b) {
  if (a == -kInfinity || b == -kInfinity) return -kInfinity;
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

double GoMax(double a, double b) {
  if (a == kInfinity || b == kInfinity) return kInfinity;
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

bool IsMathCall(std::string_view name) {
  return Functions().contains(name) || IsCalendar(name) || IsClamp(name) || name == "round";
}

Result<Steps> EvaluateMathCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const std::string_view name = call.function->name;
  Steps results(grid.size());
  if (call.args.empty()) {  // Of the calendar: the evaluation time.
    for (size_t step = 0; step < grid.size(); ++step) {
      results[step].push_back({Labels(), false, Float(Calendar(name, static_cast<double>(grid.At(step) / 1000)))});
    }
    return results;
  }
  const Steps steps = TRY(evaluation->VectorOf(*call.args[0], grid));
  std::vector<std::vector<double>> args;
  for (size_t i = 1; i < call.args.size(); ++i) args.push_back(TRY(evaluation->ScalarOf(*call.args[i], grid)));
  for (size_t step = 0; step < grid.size(); ++step) {
    std::vector<double> at_step;
    for (const std::vector<double>& arg : args) at_step.push_back(arg[step]);
    for (Element element : steps[step]) {
      if (element.sample.is_histogram()) continue;
      const std::optional<double> value = Apply(name, element.sample.value, at_step);
      if (!value.has_value()) continue;
      element.sample = Float(*value);
      evaluation->DropName(&element);
      results[step].push_back(std::move(element));
    }
  }
  RETURN_IF_ERROR(evaluation->Settle(&results));
  return results;
}

}  // namespace epi::promqlref
