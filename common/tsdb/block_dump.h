// Every sample of blocks as text, in promtool's two forms.
//
//   kText         {__name__="up", job="x"} 1 1741824000000                        promtool tsdb dump
//   kOpenMetrics  up{job="x"} 1 1741824000.000   …   # EOF                        promtool tsdb dump-openmetrics; floats only
//
// Threads: one.
// Errors:  DataLoss of any block; what the sink returns.
#pragma once

#include <functional>
#include <string_view>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/series/querier.h"
#include "common/tsdb/block_querier.h"

namespace epi::tsdb {

enum class DumpFormat : uint8_t { kText, kOpenMetrics };

struct DumpRequest {
  DumpFormat format = DumpFormat::kText;
  int64_t mint_ms = series::kMinTimeMs;
  int64_t maxt_ms = series::kMaxTimeMs;
  labels::Matchers matchers;
};

// Gives the text to `sink` in pieces of about kDumpPieceBytes.
inline constexpr size_t kDumpPieceBytes = size_t{64} << 10;
using DumpSink = std::function<Status(std::string_view)>;
Status DumpBlocks(const Context& ctx, const BlockQuerier& blocks, const DumpRequest& request, const DumpSink& sink);

}  // namespace epi::tsdb
