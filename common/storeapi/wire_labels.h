// Label sets and times between our types and the generated messages of control calls. For the files that include those.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"
#include "proto/labels.pb.h"

namespace epi::storeapi {

inline void FillLabels(const labels::Labels& labels, thanos::LabelSet* set) {
  for (const labels::Label label : labels) {
    thanos::Label* out = set->add_labels();
    out->set_name(std::string(label.name));
    out->set_value(std::string(label.value));
  }
}

inline Result<labels::Labels> LabelsOf(const thanos::LabelSet& set) {
  std::vector<labels::Label> pairs;
  for (const thanos::Label& label : set.labels()) pairs.push_back({label.name(), label.value()});
  return labels::Labels::FromUnsorted(std::move(pairs));
}

// Floor division, so that times before 1970 have nanoseconds that are not negative, too.
template <typename Timestamp>
void FillTime(int64_t t_ms, Timestamp* out) {
  const int64_t seconds = t_ms / 1000 - (t_ms % 1000 < 0 ? 1 : 0);
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int32_t>((t_ms - seconds * 1000) * 1'000'000));
}

// Times that milliseconds cannot hold are the epoch.
template <typename Timestamp>
int64_t TimeOf(const Timestamp& time) {
  constexpr int64_t kSecondsMax = int64_t{1} << 48;
  if (time.seconds() > kSecondsMax || time.seconds() < -kSecondsMax) return 0;
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

template <typename Message>
Result<Message> ParseMessage(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return DataLossError("malformed protobuf message");
  return message;
}

}  // namespace epi::storeapi
