// Query results as the JSON of Prometheus' HTTP API, to the byte.
//
//   vector   {"metric":{…},"value":[t,"v"]}            or "histogram":[t,{count,sum,buckets}]
//   matrix   {"metric":{…},"values":[[t,"v"],…]}       and/or "histograms":[…], floats first
//   scalar   [t,"v"]  with t as a plain JSON number and v never in exponent form;  string [t,"text"]
//
// Label names and values escape only `"`, `\` and control characters; other strings escape as encoding/json does.
// Units:   sample times are milliseconds, printed as seconds with three decimals when they are not whole.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/go_float.h"
#include "common/labels/labels.h"
#include "common/promql/engine.h"
#include "common/promql/value.h"

namespace epi::api {

// {"__name__":"up","job":"x"}.
void AppendLabelsJson(std::string* out, const labels::Labels& labels);

// {"count":"2","sum":"3","buckets":[[rule,"lower","upper","count"],…]}; rule 0 (lower,upper] 1 [lower,upper) 2 (…) 3 […].
void AppendHistogramJson(std::string* out, const series::FloatHistogram& histogram);

void AppendScalarJson(std::string* out, const promql::Scalar& scalar);
void AppendStringJson(std::string* out, const promql::String& string);
void AppendVectorSampleJson(std::string* out, const promql::VectorSample& sample);
void AppendMatrixSeriesJson(std::string* out, const promql::MatrixSeries& series);

// Series of a range query, straight from their columns. The texts of the steps' times are made once for all series.
class ColumnSeriesWriter {
 public:
  explicit ColumnSeriesWriter(const promql::StepGrid& grid);
  void Append(std::string* out, const promql::ColumnMatrix::Series& series) const;

 private:
  // `[1700000000.123,"`: what stands before a value.
  struct StepText {
    char text[kTimestampBytesMax + 3];
    uint8_t size = 0;
  };
  void AppendFloats(std::string* out, const promql::Column& column) const;

  const promql::StepGrid grid_;
  std::vector<StepText> steps_;
};

}  // namespace epi::api
