// Every decoder of the Store API on arbitrary bytes; what decodes must survive being written and read again.
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/storeapi/remote_series.h"
#include "common/storeapi/shard.h"
#include "common/storeapi/wire_info.h"
#include "common/storeapi/wire_request.h"
#include "common/storeapi/wire_series.h"

namespace epi::storeapi {
namespace {

void ReadSamples(const SeriesView& view) {
  auto labels = ToLabels(view);
  if (!labels.ok()) return;
  for (const AggregateUse use : {AggregateUse::kAverage, AggregateUse::kCounter, AggregateUse::kMin}) {
    ChunkSeries series{.labels = *labels, .chunks = view.chunks, .frames = {}, .encoded = {}};
    const auto decoded = MakeRemoteSeries(Combine(std::move(series), {}),
                                          {.mint_ms = -1000, .maxt_ms = INT64_MAX, .dedup = true, .use = use, .counter = use == AggregateUse::kCounter});
    const auto cursor = decoded->Samples();
    if (!cursor.ok()) continue;
    for (auto batch = (*cursor)->Next(); batch.ok() && *batch != nullptr; batch = (*cursor)->Next()) CHECK(!(*batch)->empty());
  }
}

void Response(std::string_view bytes) {
  ResponseReader reader(bytes);
  SeriesView view;
  for (auto part = reader.Next(); part.ok() && *part != ResponseReader::Part::kEnd; part = reader.Next()) {
    if (*part != ResponseReader::Part::kSeries || !ParseSeries(reader.body(), &view).ok()) continue;
    for (const AggrChunkView& chunk : view.chunks) (void)CheckChunkHashes(chunk).ok();
    ReadSamples(view);
  }
}

void Requests(std::string_view bytes) {
  if (const auto request = ParseSeriesRequest(bytes); request.ok()) {
    const std::string again = Serialize(*request);
    const auto second = ParseSeriesRequest(again);
    CHECK(second.ok());
    CHECK(Serialize(*second) == again);
    (void)ShardMatcher(request->shard_info).Check().ok();
  }
  if (const auto request = ParseLabelValuesRequest(bytes); request.ok()) CHECK(ParseLabelValuesRequest(SerializeLabelValues(*request)).ok());
  if (const auto request = ParseLabelNamesRequest(bytes); request.ok()) CHECK(ParseLabelNamesRequest(SerializeLabelNames(*request)).ok());
  if (const auto response = ParseLabelsResponse(bytes); response.ok()) CHECK(ParseLabelsResponse(Serialize(*response)).ok());
  if (const auto info = ParseInfo(bytes); info.ok()) CHECK(ParseInfo(SerializeInfo(*info)).ok());
}

}  // namespace
}  // namespace epi::storeapi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  if (bytes[0] % 2 == 0) {
    epi::storeapi::Response(bytes.substr(1));
  } else {
    epi::storeapi::Requests(bytes.substr(1));
  }
  return 0;
}
