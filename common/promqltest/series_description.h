// The notation of series in test scripts: metric{label="value"} and then items, separated by spaces.
//
//   _          no sample                       _x3        three times no sample
//   5          a value; also stale, Inf, NaN   5x3        5 5 5 5: the value and three repetitions
//   5+2x3      5 7 9 11                        5-2x3      5 3 1 -1
//   {{schema:0 count:3 sum:5 buckets:[1 2]}}   a native histogram; repeats and adds up like a number: {{…}}+{{…}}x3
//
// Keys of histograms: schema sum count z_bucket z_bucket_w custom_values buckets offset n_buckets n_offset counter_reset_hint;
// whatever is not given is zero.
//
// A line metric@st gives start times for the samples of the line below: durations relative to each sample (-1m, _, 0sx3,
// -1m+10sx3).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/series/histogram.h"

namespace epi::promqltest {

// Most samples that one line may describe.
inline constexpr size_t kSamplesPerLineMax = 1'000'000;

struct SequenceValue {
  bool omitted = false;
  double value = 0;
  std::shared_ptr<const series::FloatHistogram> histogram;
  bool hint_given = false;  // counter_reset_hint was written, so it must be compared.
};

struct SeriesDescription {
  labels::Labels labels;
  std::vector<SequenceValue> values;
};

// Errors: InvalidArgument that names the item.
Result<SeriesDescription> ParseSeriesDescription(std::string_view line);

struct StartTimesDescription {
  labels::Labels labels;
  // Per sample: its start time relative to its time; nothing when unknown.
  std::vector<std::optional<int64_t>> offsets_ms;
};

bool IsStartTimesLine(std::string_view line);
// REQUIRES: IsStartTimesLine(line).
Result<StartTimesDescription> ParseStartTimes(std::string_view line);

}  // namespace epi::promqltest
