// Encoding and decoding one series of ten labels and one chunk: ours against protobuf's generated classes.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "common/storeapi/wire_series.h"
#include "proto/store.pb.h"

namespace epi::storeapi {
namespace {

labels::Labels TenLabels() {
  labels::LabelsBuilder builder;
  builder.Set("__name__", "http_requests_total").Set("cluster", "eu-central-1").Set("code", "200").Set("handler", "/api/v1/query");
  builder.Set("instance", "10.20.30.40:9090").Set("job", "prometheus").Set("method", "GET").Set("namespace", "monitoring");
  builder.Set("pod", "prometheus-k8s-0").Set("replica", "a");
  return builder.Build();
}

// 120 samples take about 150 bytes.
const std::string kChunk(150, '\x5a');

WireChunkSlots Slots(bool with_hash) {
  WireChunkSlots slots;
  slots.Set(Aggregate::kRaw, {.encoding = 0, .data = kChunk, .hash = with_hash ? ChunkHash(kChunk) : 0});
  return slots;
}

std::string Message() {
  std::string series;
  AppendLabels(&series, TenLabels());
  AppendChunk(&series, 1741824000000, 1741825785000, Slots(true));
  std::string message;
  AppendSeriesResponse(&message, series);
  return message;
}

void FillPeer(thanos::SeriesResponse* message) {
  thanos::Series* series = message->mutable_series();
  for (const labels::Label label : TenLabels()) {
    thanos::Label* out = series->add_labels();
    out->set_name(std::string(label.name));
    out->set_value(std::string(label.value));
  }
  thanos::AggrChunk* chunk = series->add_chunks();
  chunk->set_min_time(1741824000000);
  chunk->set_max_time(1741825785000);
  chunk->mutable_raw()->set_data(kChunk);
  chunk->mutable_raw()->set_hash(ChunkHash(kChunk));
}

void DecodeViews(benchmark::State& state) {
  const std::string message = Message();
  SeriesView view;
  for (auto _ : state) {
    ResponseReader reader(message);
    benchmark::DoNotOptimize(reader.Next());
    benchmark::DoNotOptimize(ParseSeries(reader.body(), &view));
  }
}
BENCHMARK(DecodeViews);

void DecodeViewsCheckHashMakeLabels(benchmark::State& state) {
  const std::string message = Message();
  SeriesView view;
  for (auto _ : state) {
    ResponseReader reader(message);
    benchmark::DoNotOptimize(reader.Next());
    benchmark::DoNotOptimize(ParseSeries(reader.body(), &view));
    benchmark::DoNotOptimize(CheckChunkHashes(view.chunks[0]));
    benchmark::DoNotOptimize(ToLabels(view));
  }
}
BENCHMARK(DecodeViewsCheckHashMakeLabels);

void DecodeProtobuf(benchmark::State& state) {
  const std::string message = Message();
  thanos::SeriesResponse peer;
  for (auto _ : state) {
    benchmark::DoNotOptimize(peer.ParseFromString(message));
  }
}
BENCHMARK(DecodeProtobuf);

void EncodeSpliced(benchmark::State& state) {
  const labels::Labels labels = TenLabels();
  const WireChunkSlots slots = Slots(true);
  std::string series;
  std::string message;
  for (auto _ : state) {
    series.clear();
    message.clear();
    AppendLabels(&series, labels);
    AppendChunk(&series, 1741824000000, 1741825785000, slots);
    AppendSeriesResponse(&message, series);
    benchmark::DoNotOptimize(message.data());
  }
}
BENCHMARK(EncodeSpliced);

void EncodeSplicedAndHash(benchmark::State& state) {
  const labels::Labels labels = TenLabels();
  const WireChunkSlots slots = Slots(false);
  std::string series;
  for (auto _ : state) {
    series.clear();
    AppendLabels(&series, labels);
    AppendChunk(&series, 1741824000000, 1741825785000, slots);
    benchmark::DoNotOptimize(series.data());
  }
}
BENCHMARK(EncodeSplicedAndHash);

void EncodeProtobuf(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    thanos::SeriesResponse message;
    FillPeer(&message);
    message.SerializeToString(&out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(EncodeProtobuf);

// Keeps the times to print the ratios at the end.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) times_[run.benchmark_name()] = run.GetAdjustedCPUTime();
  }
  void Finalize() override {
    ConsoleReporter::Finalize();
    Print("decode", "DecodeProtobuf", "DecodeViews");
    Print("encode", "EncodeProtobuf", "EncodeSpliced");
  }

 private:
  void Print(const char* what, const char* theirs, const char* ours) {
    if (times_.count(theirs) == 0 || times_.count(ours) == 0) return;
    std::printf("%s: protobuf %.0f ns, ours %.0f ns, ratio %.1f\n", what, times_[theirs], times_[ours], times_[theirs] / times_[ours]);
  }
  std::map<std::string, double> times_;
};

}  // namespace
}  // namespace epi::storeapi

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  epi::storeapi::RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
