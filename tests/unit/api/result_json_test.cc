#include "common/api/result_json.h"

#include <cmath>
#include <limits>

#include "tests/support/catch.h"

namespace epi::api {
namespace {

template <typename T>
std::string Text(void (*append)(std::string*, const T&), const T& value) {
  std::string out;
  append(&out, value);
  return out;
}

TEST_CASE("a scalar has a plain time and never an exponent") {
  CHECK(Text<promql::Scalar>(AppendScalarJson, {4000, 2}) == R"([4,"2"])");
  CHECK(Text<promql::Scalar>(AppendScalarJson, {1500, 1e-7}) == R"([1.5,"0.0000001"])");
  CHECK(Text<promql::Scalar>(AppendScalarJson, {0, 1e21}) == R"([0,"1000000000000000000000"])");
}

TEST_CASE("a long column is written point by point like a list of points") {
  const promql::StepGrid grid = promql::StepGrid::Make(0, 2'000'000, 1'000);
  promql::ColumnMatrix::Series series{{{"a", "1"}}, promql::Column(grid.steps())};
  promql::MatrixSeries plain{series.labels, {}, {}};
  for (size_t step = 0; step < grid.steps(); step += 1 + step % 3) {
    const double value = step % 5 == 0 ? 1e300 / static_cast<double>(step + 1) : static_cast<double>(step) / 7;
    series.column.SetFloat(step, value);
    plain.floats.push_back({grid.TimeAt(step), value});
  }
  std::string columns;
  ColumnSeriesWriter(grid).Append(&columns, series);
  std::string points;
  AppendMatrixSeriesJson(&points, plain);
  CHECK((columns == points));
}

TEST_CASE("a string escapes markup") {
  CHECK(Text<promql::String>(AppendStringJson, {1000, "a<b>&\"c\""}) == R"([1,"a\u003cb\u003e\u0026\"c\""])");
}

TEST_CASE("vector samples carry exact values and times with three decimals when not whole") {
  const labels::Labels up = {{"__name__", "up"}, {"job", "a<b"}};
  CHECK(Text<promql::VectorSample>(AppendVectorSampleJson, {up, 1500, 1e21, nullptr}) ==
        R"({"metric":{"__name__":"up","job":"a<b"},"value":[1.500,"1e+21"]})");
  CHECK(Text<promql::VectorSample>(AppendVectorSampleJson, {{}, -1000, -0.0, nullptr}) ==
        R"({"metric":{},"value":[-1,"-0"]})");
  CHECK(Text<promql::VectorSample>(AppendVectorSampleJson, {{}, 0, std::nan(""), nullptr}) ==
        R"({"metric":{},"value":[0,"NaN"]})");
  CHECK(Text<promql::VectorSample>(AppendVectorSampleJson, {{}, 0, -std::numeric_limits<double>::infinity(), nullptr}) ==
        R"({"metric":{},"value":[0,"-Inf"]})");
}

TEST_CASE("label strings escape quotes, backslashes and control bytes only") {
  CHECK(Text<labels::Labels>(AppendLabelsJson, {{"a", "q\"b\\n\n\x01<\xff"}}) ==
        "{\"a\":\"q\\\"b\\\\n\\n\\u0001<\xff\"}");
}

TEST_CASE("histogram buckets run from negative to positive with their boundary rule") {
  series::FloatHistogram h;
  h.count = 6;
  h.sum = 1.5;
  h.zero_threshold = 0.25;
  h.zero_count = 1;
  h.positive_spans = {{0, 3}};
  h.positive_buckets = {1, 0, 2};
  h.negative_spans = {{1, 1}};
  h.negative_buckets = {2};
  CHECK(Text<series::FloatHistogram>(AppendHistogramJson, h) ==
        R"({"count":"6","sum":"1.5","buckets":[[1,"-2","-1","2"],[3,"-0.25","0.25","1"],[0,"0.5","1","1"],[0,"2","4","2"]]})");
  CHECK(Text<series::FloatHistogram>(AppendHistogramJson, {}) == R"({"count":"0","sum":"0"})");
}

TEST_CASE("a column series prints its present steps only") {
  promql::ColumnMatrix::Series series{{{"a", "1"}}, promql::Column(3)};
  series.column.SetFloat(0, 1);
  series.column.SetFloat(2, 3.25);
  std::string out;
  ColumnSeriesWriter(promql::StepGrid::Make(1000, 2000, 500)).Append(&out, series);
  CHECK(out == R"({"metric":{"a":"1"},"values":[[1,"1"],[2,"3.25"]]})");
}

}  // namespace
}  // namespace epi::api
