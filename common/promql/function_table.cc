#include "common/promql/function_table.h"

#include <algorithm>
#include <array>

namespace epi::promql {
namespace {

using enum ValueType;

template <ValueType... kTypes>
constexpr std::array<ValueType, sizeof...(kTypes)> kArgs = {kTypes...};

constexpr std::span<const ValueType> kNoArgs;
constexpr std::span<const ValueType> kV = kArgs<kVector>;
constexpr std::span<const ValueType> kM = kArgs<kMatrix>;
constexpr std::span<const ValueType> kS = kArgs<kScalar>;
constexpr std::span<const ValueType> kVS = kArgs<kVector, kScalar>;
constexpr std::span<const ValueType> kVSS = kArgs<kVector, kScalar, kScalar>;
constexpr std::span<const ValueType> kVT = kArgs<kVector, kString>;
constexpr std::span<const ValueType> kVTSS = kArgs<kVector, kString, kScalar, kScalar>;
constexpr std::span<const ValueType> kVTTT = kArgs<kVector, kString, kString, kString>;
constexpr std::span<const ValueType> kVTTTT = kArgs<kVector, kString, kString, kString, kString>;
constexpr std::span<const ValueType> kVV = kArgs<kVector, kVector>;
constexpr std::span<const ValueType> kSV = kArgs<kScalar, kVector>;
constexpr std::span<const ValueType> kSSV = kArgs<kScalar, kScalar, kVector>;
constexpr std::span<const ValueType> kSM = kArgs<kScalar, kMatrix>;
constexpr std::span<const ValueType> kMS = kArgs<kMatrix, kScalar>;
constexpr std::span<const ValueType> kMSS = kArgs<kMatrix, kScalar, kScalar>;
constexpr std::span<const ValueType> kSS = kArgs<kScalar, kScalar>;

// name, argument types (V vector, M matrix, S scalar, T string), variadic, result, experimental; sorted by name.
constexpr FunctionSignature kFunctions[] = {
    {"abs", kV},
    {"absent", kV},
    {"absent_over_time", kM},
    {"acos", kV},
    {"acosh", kV},
    {"asin", kV},
    {"asinh", kV},
    {"atan", kV},
    {"atanh", kV},
    {"avg_over_time", kM},
    {"ceil", kV},
    {"changes", kM},
    {"clamp", kVSS},
    {"clamp_max", kVS},
    {"clamp_min", kVS},
    {"cos", kV},
    {"cosh", kV},
    {"count_over_time", kM},
    {"day_of_month", kV, 1},
    {"day_of_week", kV, 1},
    {"day_of_year", kV, 1},
    {"days_in_month", kV, 1},
    {"deg", kV},
    {"delta", kM},
    {"deriv", kM},
    {"double_exponential_smoothing", kMSS, 0, kVector, true},
    {"end", kNoArgs, 0, kScalar, true},
    {"exp", kV},
    {"first_over_time", kM},
    {"floor", kV},
    {"histogram_avg", kV},
    {"histogram_count", kV},
    {"histogram_fraction", kSSV},
    {"histogram_quantile", kSV},
    {"histogram_quantiles", kVTSS, 9, kVector, true},
    {"histogram_stddev", kV},
    {"histogram_stdvar", kV},
    {"histogram_sum", kV},
    {"hour", kV, 1},
    {"idelta", kM},
    {"increase", kM},
    {"info", kVV, 1, kVector, true},
    {"irate", kM},
    {"label_join", kVTTT, -1},
    {"label_replace", kVTTTT},
    {"last_over_time", kM},
    {"ln", kV},
    {"log10", kV},
    {"log2", kV},
    {"mad_over_time", kM, 0, kVector, true},
    {"max_of", kSS, 0, kScalar, true},
    {"max_over_time", kM},
    {"min_of", kSS, 0, kScalar, true},
    {"min_over_time", kM},
    {"minute", kV, 1},
    {"month", kV, 1},
    {"pi", kNoArgs, 0, kScalar},
    {"predict_linear", kMS},
    {"present_over_time", kM},
    {"quantile_over_time", kSM},
    {"rad", kV},
    {"range", kNoArgs, 0, kScalar, true},
    {"rate", kM},
    {"resets", kM},
    {"round", kVS, 1},
    {"scalar", kV, 0, kScalar},
    {"sgn", kV},
    {"sin", kV},
    {"sinh", kV},
    {"sort", kV},
    {"sort_by_label", kVT, -1, kVector, true},
    {"sort_by_label_desc", kVT, -1, kVector, true},
    {"sort_desc", kV},
    {"sqrt", kV},
    {"start", kNoArgs, 0, kScalar, true},
    {"start_timestamp", kV, 0, kVector, true},
    {"stddev_over_time", kM},
    {"stdvar_over_time", kM},
    {"step", kNoArgs, 0, kScalar, true},
    {"sum_over_time", kM},
    {"tan", kV},
    {"tanh", kV},
    {"time", kNoArgs, 0, kScalar},
    {"timestamp", kV},
    {"ts_of_first_over_time", kM, 0, kVector, true},
    {"ts_of_last_over_time", kM, 0, kVector, true},
    {"ts_of_max_over_time", kM, 0, kVector, true},
    {"ts_of_min_over_time", kM, 0, kVector, true},
    {"vector", kS},
    {"year", kV, 1},
};

constexpr bool ByName(const FunctionSignature& a, const FunctionSignature& b) { return a.name < b.name; }
static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions), ByName));

}  // namespace

const FunctionSignature* FindFunction(std::string_view name) {
  const auto* found = std::lower_bound(std::begin(kFunctions), std::end(kFunctions), FunctionSignature{.name = name, .arg_types = {}},
                                       ByName);
  return found != std::end(kFunctions) && found->name == name ? found : nullptr;
}

std::span<const FunctionSignature> AllFunctions() { return kFunctions; }

}  // namespace epi::promql
