// series_drain: one Series call to a Store API, its answer thrown away frame by frame. Prints what came, and how long it took.
//
//   series_drain --endpoint=127.0.0.1:10901 --selector='{job="x"}' --min-time=0 --max-time=1741831200000 [--skip-chunks]
#include <chrono>
#include <cstdio>

#include "common/base/str_cat.h"
#include "common/config/flags.h"
#include "common/promql/parse.h"
#include "common/rpc/channel.h"
#include "common/runtime/loop.h"
#include "common/storeapi/store_client.h"
#include "common/storeapi/store_set.h"

namespace epi::storeapi {
namespace {

struct Flags {
  std::string endpoint;
  std::string selector;
  int64_t mint_ms = 0;
  int64_t maxt_ms = INT64_MAX;
  bool skip_chunks = false;
  int64_t batch_size = 64;
};

void AddFlags(config::Command* root, Flags* flags) {
  root->Add("endpoint", "Address of the gRPC server.", &flags->endpoint).Required();
  root->Add("selector", "Which series.", &flags->selector).Required();
  root->Add("min-time", "Unix milliseconds.", &flags->mint_ms);
  root->Add("max-time", "Unix milliseconds.", &flags->maxt_ms);
  root->Add("skip-chunks", "Ask for labels only.", &flags->skip_chunks);
  root->Add("batch-size", "Series per frame that are asked for.", &flags->batch_size);
}

Result<SeriesRequest> ToRequest(const Flags& flags) {
  SeriesRequest request;
  request.mint_ms = flags.mint_ms;
  request.maxt_ms = flags.maxt_ms;
  request.matchers = TRY(promql::ParseMetricSelector(flags.selector));
  request.aggregates = {Aggregate::kCount, Aggregate::kSum};
  request.skip_chunks = flags.skip_chunks;
  request.response_batch_size = flags.batch_size;
  return request;
}

Status Drain(const Flags& flags) {
  const Context& ctx = Context::Background();
  runtime::Loop loop;
  const auto channel = TRY(ChannelFactory(&loop, {})(EndpointSpec{.address = flags.endpoint}));
  const SeriesRequest request = TRY(ToRequest(flags));
  const auto begin = std::chrono::steady_clock::now();
  const auto stream = StoreClient(channel).Series(ctx, request);
  uint64_t series_count = 0;
  uint64_t chunk_count = 0;
  for (;;) {
    const std::optional<ChunkSeries> series = TRY(stream->Next());
    if (!series.has_value()) break;
    ++series_count;
    chunk_count += series->chunks.size();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  for (const std::string& warning : stream->warnings()) std::printf("warning: %s\n", warning.c_str());
  std::printf("series=%llu chunks=%llu bytes=%llu seconds=%.3f\n", static_cast<unsigned long long>(series_count),
              static_cast<unsigned long long>(chunk_count), static_cast<unsigned long long>(stream->received_bytes()), took.count());
  return OkStatus();
}

Status Main(const std::vector<std::string>& args) {
  Flags flags;
  config::Command root("series_drain", "Reads the answer to one Series call and throws it away.");
  AddFlags(&root, &flags);
  const config::ParsedCommandLine parsed = TRY(config::ParseCommandLine(&root, args, "series_drain"));
  if (!parsed.print) return Drain(flags);
  std::fputs(parsed.print->c_str(), stdout);
  return OkStatus();
}

}  // namespace
}  // namespace epi::storeapi

int main(int argc, char** argv) {
  const epi::Status status = epi::storeapi::Main({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::fprintf(stderr, "series_drain: %s\n", status.ToString().c_str());
  return 1;
}
