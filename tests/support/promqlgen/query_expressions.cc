#include "common/base/str_cat.h"
#include "tests/support/promqlgen/query_generator.h"

namespace epi::promqlgen {

std::string QueryGenerator::Vector(int depth, Kind kind) {
  if (depth <= 0) return Selector(kind, false);
  if (kind == Kind::kHistograms) return HistogramVector(depth);
  if (kind == Kind::kAny && modern() && Chance(50)) return HistogramVector(depth);
  if (kind == Kind::kBuckets) {
    if (Chance(40)) return Selector(kind, false);
    if (Chance(40)) return StrCat("rate(", Selector(kind, true), ")");
    return StrCat("sum by (", Pick({"le", "le, job", "job, le"}), ") (rate(", Selector(kind, true), "))");
  }
  return FloatVector(depth);
}

std::string QueryGenerator::FloatVector(int depth) {
  const uint64_t dice = random_.Uniform(100);
  if (dice < 12) return Selector(Chance(70) ? Kind::kFloats : Kind::kCounters, false);
  if (dice < 34) return RangeCall(depth);
  if (dice < 52) return Aggregation(depth, Kind::kFloats);
  if (dice < 74) return Binary(depth);
  if (dice < 81) return MathCall(depth);
  if (dice < 88) return HistogramCall(depth);
  if (dice < 91) return LabelCall(depth);
  return OtherCall(depth);
}

std::string QueryGenerator::HistogramVector(int depth) {
  const uint64_t dice = random_.Uniform(100);
  if (dice < 20) return Selector(Kind::kHistograms, false);
  if (dice < 50) return HistogramRangeCall(depth);
  if (dice < 70) return Aggregation(depth, Kind::kHistograms);
  if (dice < 90) return HistogramArithmetic(depth);
  if (dice < 93) return StrCat("-", Selector(Kind::kHistograms, false));
  if (dice < 96) return StrCat("(", Vector(depth - 1, Kind::kHistograms), ")");
  return StrCat(Pick({"rpc_seconds", "nhcb_seconds", "mixed"}), " smoothed", Modifiers(true));
}

std::string QueryGenerator::Range(int depth, Kind kind) {
  if (depth <= 0 || Chance(75)) return Selector(kind, true);
  std::string inner = Vector(depth - 1, kind);
  if (Chance(60)) inner = Selector(kind, false);
  return StrCat("(", inner, ")", SubqueryRange(), Modifiers(false));
}

std::string QueryGenerator::Extended() {
  const bool anchored = Chance(50);
  const std::string function = anchored ? Pick({"rate", "increase", "delta", "changes", "resets"}) : Pick({"rate", "increase", "delta"});
  const Kind kind = Chance(60) ? Kind::kCounters : Chance(50) ? Kind::kFloats : Kind::kHistograms;
  std::string selector = StrCat(Pick({"requests_total", "flaky_total", "queue_depth", "cpu_seconds_total"}), Matchers());
  if (kind == Kind::kHistograms) selector = Pick({"rpc_seconds", "nhcb_seconds", "rpc_gauge", "mixed", "mixed_schemas"});
  return StrCat(function, "(", selector, "[", Duration(), "] ", anchored ? "anchored" : "smoothed", Modifiers(true), ")");
}

std::string QueryGenerator::RangeCall(int depth) {
  if (modern() && Chance(12)) return Extended();
  if (Chance(40)) {
    const std::string function = Pick({"rate", "rate", "increase", "irate", "resets", "delta", "idelta", "changes"});
    return StrCat(function, "(", Range(depth, Chance(75) ? Kind::kCounters : Kind::kAny), ")");
  }
  const Kind kind = Chance(75) ? Kind::kFloats : Kind::kAny;
  if (Chance(10)) return StrCat("quantile_over_time(", Chance(80) ? Quantile() : Scalar(1), ", ", Range(depth, kind), ")");
  if (Chance(8)) return StrCat("predict_linear(", Range(depth, kind), ", ", Scalar(depth - 1), ")");
  if (modern() && Chance(6)) {
    return StrCat("double_exponential_smoothing(", Range(depth, kind), ", ", Pick({"0.5", "0.1", "1"}), ", ", Pick({"0.5", "0.9"}), ")");
  }
  if (modern() && Chance(20)) {
    return StrCat(Pick({"mad_over_time", "first_over_time", "ts_of_max_over_time", "ts_of_min_over_time", "ts_of_first_over_time",
                        "ts_of_last_over_time"}),
                  "(", Range(depth, kind), ")");
  }
  return StrCat(Pick({"avg_over_time", "sum_over_time", "min_over_time", "max_over_time", "count_over_time", "stddev_over_time",
                      "stdvar_over_time", "last_over_time", "present_over_time", "absent_over_time", "deriv"}),
                "(", Range(depth, kind), ")");
}

std::string QueryGenerator::HistogramRangeCall(int depth) {
  return StrCat(Pick({"rate", "rate", "increase", "irate", "idelta", "delta", "sum_over_time", "avg_over_time", "last_over_time",
                      "first_over_time"}),
                "(", Range(depth, Kind::kHistograms), ")");
}

std::string QueryGenerator::Grouping() {
  if (Chance(30)) return "";
  return StrCat(Chance(60) ? " by (" : " without (",
                Pick({"job", "instance", "job, instance", "replica", "code", "le", "", "__name__", "room", "queue", "missing"}), ") ");
}

std::string QueryGenerator::Aggregation(int depth, Kind kind) {
  const std::string grouping = Grouping();
  const std::string inner = Vector(depth - 1, kind);
  if (kind == Kind::kHistograms) return StrCat(Pick({"sum", "sum", "avg", "avg", "limitk"}) == "limitk" ? "limitk" + grouping + "(1, " : Pick({"sum", "avg"}) + grouping + "(", inner, ")");
  const std::string any = Chance(15) ? Vector(depth - 1, Kind::kAny) : inner;
  switch (random_.Uniform(modern() ? 9 : 6)) {
    case 0:
      return StrCat(Pick({"topk", "bottomk"}), grouping, "(", Chance(85) ? Pick({"1", "2", "3", "5", "0", "2.7"}) : Scalar(1), ", ", any, ")");
    case 1:
      return StrCat("quantile", grouping, "(", Chance(85) ? Quantile() : Scalar(1), ", ", any, ")");
    case 2:
      return StrCat("count_values", grouping, "(\"", Pick({"value", "job", "instance"}), "\", ", any, ")");
    case 6:
      return StrCat("limitk", grouping, "(", Pick({"1", "2", "3"}), ", ", any, ")");
    case 7:
      return StrCat("limit_ratio", grouping, "(", Pick({"0.5", "-0.5", "0.1", "1", "1.5", "0"}), ", ", any, ")");
    default:
      return StrCat(Pick({"sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"}), grouping, "(", any, ")");
  }
}

std::string QueryGenerator::Binary(int depth) {
  const uint64_t dice = random_.Uniform(100);
  if (dice < 45) return BinaryWithScalar(depth);
  if (dice < 65) return SetOperation(depth);
  return Join(depth);
}

std::string QueryGenerator::BinaryWithScalar(int depth) {
  const std::string vector = Vector(depth - 1, Chance(90) ? Kind::kFloats : Kind::kAny);
  const std::string scalar = Scalar(depth - 1);
  std::string op = Pick({" + ", " - ", " * ", " / ", " % ", " ^ ", " == ", " != ", " > ", " < ", " >= ", " <= ", " > bool ", " == bool ",
                         " <= bool "});
  if (modern() && Chance(6)) op = Pick({" atan2 ", " </ ", " >/ "});
  if (Chance(70)) return StrCat("(", vector, op, scalar, ")");
  return StrCat("(", scalar, op, vector, ")");
}

std::string QueryGenerator::SetOperation(int depth) {
  const std::string matching = Chance(50) ? "" : Pick({"on (job) ", "on (instance) ", "ignoring (code, replica) ", "on () ", "ignoring (job) "});
  return StrCat("(", Vector(depth - 1, Chance(85) ? Kind::kFloats : Kind::kAny), Pick({" and ", " or ", " or ", " unless "}), matching,
                Vector(depth - 1, Chance(85) ? Kind::kFloats : Kind::kAny), ")");
}

std::string QueryGenerator::Join(int depth) {
  std::string op = Pick({" + ", " - ", " * ", " / ", " % ", " == ", " != ", " > ", " < ", " >= bool ", " == bool "});
  if (modern() && Chance(5)) op = " atan2 ";
  const uint64_t dice = random_.Uniform(100);
  std::string fill;
  if (modern() && Chance(15)) fill = Pick({"fill (0) ", "fill_left (1) ", "fill_right (2) ", "fill_left (0) fill_right (5) "});
  if (dice < 40) {  // The same labels on both sides.
    const std::string labels = Pick({"job", "instance", "job, instance"});
    const std::string on = fill.empty() && Chance(50) ? "" : StrCat(Chance(50) ? "on (" + labels + ") " : "ignoring (x) ", fill);
    return StrCat("(sum by (", labels, ") (", Vector(depth - 1), ")", op, on, "max by (", labels, ") (", Vector(depth - 1), "))");
  }
  if (dice < 55) {
    const std::string same = Selector(Chance(50) ? Kind::kCounters : Kind::kFloats, false);
    return StrCat("(", same, op, same, ")");
  }
  if (dice < 85) {  // Many to one.
    const std::string include = Pick({"()", "(version)", "(version, os)", "(replica)"});
    const std::string one = Pick({"build_info", "sum by (job, instance) (build_info)", "max by (job, instance) (cpu_seconds_total)"});
    const std::string many = Chance(60) ? Selector(Kind::kCounters, false) : Vector(depth - 1);
    const bool right = Chance(30);
    return StrCat("(", right ? one : many, op, "on (job, instance) group_", right ? "right " : "left ", include, " ", fill, right ? many : one, ")");
  }
  return StrCat("(", Vector(depth - 1), op, fill.empty() ? "" : "on (job) " + fill, Vector(depth - 1), ")");
}

std::string QueryGenerator::HistogramArithmetic(int depth) {
  const std::string left = Vector(depth - 1, Kind::kHistograms);
  if (Chance(50)) return StrCat("(", left, Pick({" * ", " / ", " </ ", " >/ ", " * ", " + "}), Number(), ")");
  if (Chance(30)) return StrCat("(", Number(), Pick({" * ", " / "}), left, ")");
  return StrCat("(", left, Pick({" + ", " - ", " == ", " != ", " and ", " or ", " * "}), Vector(depth - 1, Kind::kHistograms), ")");
}

std::string QueryGenerator::HistogramCall(int depth) {
  const bool native = modern() && Chance(50);
  const std::string input = Vector(depth - 1 > 0 || native ? 1 : 0, native ? Kind::kHistograms : Kind::kBuckets);
  if (native && Chance(40)) {
    return StrCat(Pick({"histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "histogram_stdvar"}), "(", input, ")");
  }
  if (modern() && Chance(25)) return StrCat("histogram_fraction(", Pick({"0", "-Inf", "0.2", "NaN"}), ", ", Pick({"1", "0.5", "Inf", "-1"}), ", ", input, ")");
  if (modern() && Chance(15)) return StrCat("histogram_quantiles(", input, ", \"q\", ", Pick({"0.1", "0.5"}), ", ", Pick({"0.9", "0.99", "1.1"}), ")");
  return StrCat("histogram_quantile(", Chance(85) ? Quantile() : Scalar(1), ", ", input, ")");
}

std::string QueryGenerator::LabelCall(int depth) {
  const std::string input = Vector(depth - 1, Chance(85) ? Kind::kFloats : Kind::kAny);
  if (Chance(40)) {
    return StrCat("label_join(", input, ", \"", Pick({"joined", "job", "instance", "__name__"}), "\", \"", Pick({"-", "", ","}), "\", \"job\", \"",
                  Pick({"instance", "missing", "code"}), "\")");
  }
  return StrCat("label_replace(", input, ", \"", Pick({"copy", "job", "instance", "__name__"}), "\", \"", Pick({"$1", "x-$1", "${1}z", "$1z", "", "fixed"}), "\", \"",
                Pick({"job", "instance", "__name__", "missing"}), "\", \"", Pick({"(.*)", "(a.*)", "i(.)", ".*", "nomatch"}), "\")");
}

std::string QueryGenerator::MathCall(int depth) {
  const std::string input = Vector(depth - 1, Chance(85) ? Kind::kFloats : Kind::kAny);
  switch (random_.Uniform(6)) {
    case 0:
      return StrCat("clamp(", input, ", ", Scalar(depth - 1), ", ", Scalar(depth - 1), ")");
    case 1:
      return StrCat(Pick({"clamp_min", "clamp_max"}), "(", input, ", ", Scalar(depth - 1), ")");
    case 2:
      return StrCat("round(", input, Chance(50) ? "" : StrCat(", ", Pick({"0.1", "5", "0", "-2", "0.25"})), ")");
    case 3:
      return StrCat(Pick({"minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"}), "(", Chance(60) ? input : "", ")");
    default:
      return StrCat(Pick({"abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "deg", "rad", "sin", "cos", "tan", "asin", "acos",
                          "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"}),
                    "(", input, ")");
  }
}

std::string QueryGenerator::OtherCall(int depth) {
  const std::string input = Vector(depth - 1, Chance(80) ? Kind::kFloats : Kind::kAny);
  switch (random_.Uniform(modern() ? 9 : 6)) {
    case 0:
      return StrCat("absent(", input, ")");
    case 1:
      return StrCat("timestamp(", Chance(60) ? Selector(Kind::kFloats, false) : input, ")");
    case 2:
      return StrCat(Pick({"sort", "sort_desc"}), "(", input, ")");
    case 3:
      return StrCat(Pick({"-", "+"}), Chance(50) ? Selector(Kind::kFloats, false) : "(" + input + ")");
    case 4:
      return StrCat("vector(", Scalar(depth - 1), ")");
    case 5:
      return StrCat("(", input, ")");
    case 6:
      return StrCat("info(", input, Chance(50) ? "" : StrCat(", ", Pick({R"({region="eu"})", R"({__name__="target_info"})", R"({__name__=~".+_info"})",
                                                                        R"({version=~".+"})", R"({os="linux",region=~"|us"})"})),
                    ")");
    case 7:
      return StrCat(Pick({"sort_by_label", "sort_by_label_desc"}), "(", input, ", \"", Pick({"queue", "instance", "job"}), "\")");
    default:
      return Chance(50) ? StrCat("start_timestamp(", Chance(70) ? "st_total" : Selector(Kind::kFloats, false), ")")
                        : StrCat(Pick({"temperature", "queue_depth", "flaky_total"}), " smoothed", Modifiers(true));
  }
}

}  // namespace epi::promqlgen
