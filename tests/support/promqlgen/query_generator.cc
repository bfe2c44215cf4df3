// Selectors, scalars, durations and times; what expressions are made of is in query_expressions.cc.
#include "tests/support/promqlgen/query_generator.h"

#include "common/base/str_cat.h"
#include "tests/support/promqlgen/data_set.h"

namespace epi::promqlgen {

std::string QueryGenerator::Pick(std::initializer_list<std::string_view> choices) {
  return std::string(*(choices.begin() + random_.Uniform(choices.size())));
}

RandomQuery QueryGenerator::Next() {
  RandomQuery query;
  const int depth = 1 + static_cast<int>(random_.Uniform(3));
  query.is_range = Chance(55);
  const bool scalar = Chance(4);
  query.text = scalar ? Scalar(depth) : Vector(depth, Chance(80) ? Kind::kFloats : Kind::kAny);
  if (!query.is_range && modern() && Chance(3)) query.text = Range(depth, Kind::kAny);
  if (!query.is_range && modern() && Chance(1)) query.text = Selector(Kind::kCounters, true) + Pick({" anchored", " smoothed"});
  const int64_t span_s = (kDataEndMs - kDataStartMs) / 1000 + 900;
  int64_t time_ms = kDataStartMs - 300'000 + static_cast<int64_t>(random_.Uniform(static_cast<uint64_t>(span_s))) * 1000;
  if (Chance(50)) time_ms = time_ms / kScrapeMs * kScrapeMs;
  if (modern() && Chance(15)) time_ms += static_cast<int64_t>(random_.Uniform(1000));
  if (!modern()) time_ms += 3;
  query.start_ms = query.end_ms = time_ms;
  if (!query.is_range) return query;
  const int64_t steps_ms[] = {1000, 7000, 15'000, 30'000, 60'000, 61'000, 300'000};
  query.step_ms = steps_ms[random_.Uniform(std::size(steps_ms))];
  query.end_ms += query.step_ms * static_cast<int64_t>(random_.Uniform(25));
  if (modern() && Chance(20)) query.end_ms += static_cast<int64_t>(random_.Uniform(static_cast<uint64_t>(query.step_ms)));
  return query;
}

std::string QueryGenerator::Number() {
  if (Chance(3)) return Pick({"NaN", "Inf", "-Inf"});
  if (modern() && Chance(3)) return Pick({"0x1F", "1_000", "5m", "1h30m"});
  return Pick({"0", "1", "2", "-1", "0.5", "3", "10", "100", "1e3", "-0.25", "7", "20", "42"});
}

std::string QueryGenerator::Quantile() {
  if (Chance(6)) return Pick({"-0.5", "1.1", "NaN"});
  return Pick({"0", "0.1", "0.5", "0.9", "0.99", "1", "0.25"});
}

std::string QueryGenerator::Scalar(int depth) {
  if (depth <= 0 || Chance(60)) return Chance(80) ? Number() : Pick({"time()", "pi()"});
  switch (random_.Uniform(modern() ? 6 : 4)) {
    case 0:
      return StrCat("scalar(", Vector(depth - 1), ")");
    case 1:
      return StrCat("(", Scalar(depth - 1), Pick({" + ", " - ", " * ", " / ", " % ", " ^ ", " == bool ", " > bool "}), Scalar(depth - 1), ")");
    case 2:
      return StrCat("-(", Scalar(depth - 1), ")");
    case 3:
      return "time()";
    case 4:
      return StrCat(Pick({"min_of", "max_of"}), "(", Scalar(depth - 1), ", ", Scalar(depth - 1), ")");
    default:
      return Pick({"start()", "end()", "step()", "range()"});
  }
}

std::string QueryGenerator::Duration() { return Pick({"30s", "45s", "1m", "90s", "2m", "5m", "7m", "10m", "17s", "1s"}); }

std::string QueryGenerator::SubqueryRange() {
  if (modern() && Chance(8)) return StrCat("[", Pick({"5m", "2m", "10m"}), ":]");
  if (modern() && Chance(6)) return Pick({"[1m * 3:30s]", "[step() + 2m:1m]", "[max_of(3m, range()):1m]", "[5m:15s + 15s]"});
  return StrCat("[", Pick({"1m", "2m", "5m", "10m"}), ":", Pick({"15s", "30s", "1m", "50s", "2m"}), "]");
}

std::string QueryGenerator::Modifiers(bool in_selector) {
  std::string text;
  if (Chance(in_selector ? 14 : 8)) StrAppend(&text, " offset ", Pick({"30s", "1m", "5m", "-1m", "-5m", "17s"}));
  if (Chance(in_selector ? 7 : 5)) {
    const std::string at = modern() && Chance(50) ? Pick({"start()", "end()"})
                                                  : StrCat(kDataStartMs / 1000 + static_cast<int64_t>(random_.Uniform(4800)), modern() ? "" : ".003");
    text = Chance(50) ? StrCat(text, " @ ", at) : StrCat(" @ ", at, text);
  }
  return text;
}

std::string QueryGenerator::Matchers() {
  if (Chance(45)) return "";
  std::string text = "{";
  for (size_t i = 1 + random_.Uniform(2); i > 0; --i) {
    if (text.size() > 1) text += ",";
    text += Pick({R"(job="api")", R"(job!="api")", R"(instance="i1")", R"(instance!="i1")", R"(instance=~"i[12]")", R"(job=~"api|web")",
                  R"(code="200")", R"(code!~"5..")", R"(missing="")", R"(job=~".+")", R"(replica="a")", R"(instance=~"|i2")",
                  R"(version="1")", R"(room!="attic")", R"(queue=~"q1.*")"});
  }
  return text + "}";
}

std::string QueryGenerator::Selector(Kind kind, bool range) {
  std::string name;
  switch (kind) {
    case Kind::kCounters:
      name = Pick({"requests_total", "requests_total", "cpu_seconds_total", "flaky_total", "latency_seconds_count", "latency_seconds_sum"});
      if (modern() && Chance(8)) name = "st_total";
      break;
    case Kind::kBuckets:
      name = Pick({"latency_seconds_bucket", "latency_seconds_bucket", "broken_seconds_bucket"});
      break;
    case Kind::kHistograms:
      name = Pick({"rpc_seconds", "rpc_seconds", "rpc_gauge", "nhcb_seconds", "mixed", "mixed_schemas"});
      break;
    case Kind::kAny:
      name = Pick({"mixed", "rpc_seconds", "temperature", "queue_depth", "nhcb_seconds", "requests_total", "odd_values"});
      if (!modern()) name = Pick({"temperature", "queue_depth", "requests_total", "odd_values"});
      break;
    case Kind::kFloats:
      name = Pick({"temperature", "temperature", "queue_depth", "odd_values", "requests_total", "cpu_seconds_total", "flaky_total",
                   "build_info", "constant", "once", "latency_seconds_bucket"});
      if (modern() && Chance(6)) name = Pick({"typed_bytes", R"({"http.requests"})", R"({"http.requests","service.name"="gauge"})"});
      break;
  }
  std::string text;
  if (Chance(6)) {
    text = Pick({R"({__name__=~"temperature|queue_depth"})", R"({__name__=~".+_total",job="api"})", R"({__name__=~"build_info|target_info"})",
                 R"({instance="i1",__name__!~".*_seconds"})", R"({__name__=~"requests_total|flaky_total"})"});
    if (modern() && Chance(20)) text = R"({__name__=~"mixed.*|rpc_.*"})";
    if (!modern()) text = Pick({R"({__name__=~"temperature|queue_depth"})", R"({__name__=~".+_total",job="api"})"});
  } else {
    text = name.starts_with("{") ? name : name + Matchers();
  }
  if (range) {
    const bool computed = modern() && Chance(4);
    StrAppend(&text, "[", computed ? Pick({"1m * 2", "step() + 1m", "max_of(30s, step())", "5m - 30s"}) : Duration(), "]");
  }
  return text + Modifiers(true);
}

}  // namespace epi::promqlgen
