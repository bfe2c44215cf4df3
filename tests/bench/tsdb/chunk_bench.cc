// Nanoseconds per sample of decoding and encoding chunks, on data of the usual kinds; beside a straightforward decoder.
// The time column is per sample: every iteration reports how many samples it had.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "common/tsdb/chunk_cursor.h"
#include "common/tsdb/chunk_cutter.h"
#include "common/tsdb/chunk_iterator.h"
#include "common/tsdb/column_decoder.h"
#include "tests/bench/tsdb/plain_xor.h"
#include "tests/support/blockgen/samples.h"

namespace epi::tsdb {
namespace {

constexpr int64_t kStart = 1'741'824'000'000;
constexpr size_t kSamples = 120 * 400;

struct Data {
  std::vector<int64_t> times;
  std::vector<double> values;
  std::vector<EncodedChunk> chunks;
  std::vector<EncodedChunk> chunks2;
};

// 15 s scrapes. Kinds: 0 constant, 1 slow counter, 2 bursty counter, 3 byte gauge, 4 noisy double, 5 and 6 a mix of all, chunk by
// chunk. Of every 20 chunks one is from a target whose scrapes are off the grid by up to 40 ms; of kind 6 a quarter of all scrapes is.
// Kind 7 is blockgen's mix, many times as much: branch predictors learn the others by heart.
constexpr int kMix = 5;
constexpr int kMixOffGrid = 6;
constexpr int kFleet = 7;

double NextValue(int kind, size_t i, double value, std::mt19937_64* random) {
  switch (kind >= kMix ? static_cast<int>(i / 120 % 5) : kind) {
    case 0:
      return 42;
    case 1:
      return std::floor(value) + static_cast<double>((*random)() % 4 == 0);
    case 2:
      return std::floor(value) + static_cast<double>((*random)() % 300);
    case 3:
      return (*random)() % 2 == 0 ? value : 4096.0 * static_cast<double>((*random)() % 100'000);
    default:
      return static_cast<double>((*random)() % 1'000'000'007) * 1.2345e-3;
  }
}

// 1,000 series of the fleet that blockgen describes, 2 h each.
void FillFromFleet(Data* data) {
  constexpr size_t kScrapes = 480;
  blockgen::Samples samples(1, kStart, kScrapes);
  for (const auto& series : blockgen::MakeFleet({.shape = blockgen::Shape::Named("mix").value().Scaled(0.01)})) {
    const auto times = samples.Times(series);
    data->times.insert(data->times.end(), times.begin(), times.end());
    const auto values = samples.Values(series);
    data->values.insert(data->values.end(), values.begin(), values.end());
  }
}

void Encode(Data* data, const ChunkCutterOptions& options, std::vector<EncodedChunk>* chunks) {
  ChunkCutter cutter(options, chunks);
  for (size_t i = 0; i < data->times.size(); ++i) cutter.Append(0, data->times[i], data->values[i]);
  cutter.Finish();
}

const Data& DataOf(int kind) {
  static Data all[kFleet + 1];
  Data& data = all[kind];
  if (!data.chunks.empty()) return data;
  std::mt19937_64 random(7);
  double value = 1000;
  if (kind == kFleet) FillFromFleet(&data);
  for (size_t i = 0; kind != kFleet && i < kSamples; ++i) {
    value = NextValue(kind, i, value, &random);
    const bool off_grid = kind == kMixOffGrid ? random() % 4 == 0 : i / 120 % 20 == 0;
    const int64_t jitter = off_grid ? static_cast<int64_t>(random() % 81) - 40 : 0;
    data.times.push_back(kStart + static_cast<int64_t>(i) * 15'000 + jitter);
    data.values.push_back(value);
  }
  Encode(&data, {}, &data.chunks);
  Encode(&data, {.float_encoding = Encoding::kXor2}, &data.chunks2);
  return data;
}

void PerSample(benchmark::State& state, size_t samples) {
  state.counters["ns/sample"] = benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(samples) * 1e-9,
                                                   benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_XorDecodePlain(benchmark::State& state) {
  const Data& data = DataOf(static_cast<int>(state.range(0)));
  std::vector<plain::Sample> out;
  for (auto _ : state) {
    for (const EncodedChunk& chunk : data.chunks) {
      plain::Decode(chunk.data, &out);
      benchmark::DoNotOptimize(out.data());
    }
  }
  PerSample(state, data.times.size());
}

void Decode(benchmark::State& state, const std::vector<EncodedChunk>& chunks, size_t samples) {
  FloatColumns out;
  for (auto _ : state) {
    for (const EncodedChunk& chunk : chunks) {
      if (!DecodeFloats(chunk.view(), &out).ok()) state.SkipWithError("decode failed");
      benchmark::DoNotOptimize(out.values().data());
    }
  }
  PerSample(state, samples);
}
void BM_XorDecode(benchmark::State& state) {
  const Data& data = DataOf(static_cast<int>(state.range(0)));
  Decode(state, data.chunks, data.times.size());
}
void BM_Xor2Decode(benchmark::State& state) {
  const Data& data = DataOf(static_cast<int>(state.range(0)));
  Decode(state, data.chunks2, data.times.size());
}

void BM_XorCursor(benchmark::State& state) {
  const Data& data = DataOf(static_cast<int>(state.range(0)));
  std::vector<ChunkView> views;
  for (const EncodedChunk& chunk : data.chunks) views.push_back({chunk.mint_ms, chunk.maxt_ms, ChunkRef(), chunk.view()});
  ChunkCursor cursor;
  for (auto _ : state) {
    cursor.Reset(views, "bench");
    size_t samples = 0;
    while (const series::SampleBatch* batch = cursor.Next().value()) samples += batch->size();
    if (samples != data.times.size()) state.SkipWithError("samples lost");
  }
  PerSample(state, data.times.size());
}

void BM_XorEncode(benchmark::State& state) {
  const Data& data = DataOf(static_cast<int>(state.range(0)));
  XorEncoder encoder;
  for (auto _ : state) {
    for (size_t i = 0; i < data.times.size(); ++i) {
      encoder.Append(data.times[i], data.values[i]);
      if (encoder.count() == 120) benchmark::DoNotOptimize(encoder.Finish().data());
    }
  }
  PerSample(state, data.times.size());
}

void BM_Xor2Encode(benchmark::State& state) {
  const Data& data = DataOf(static_cast<int>(state.range(0)));
  Xor2Encoder encoder;
  for (auto _ : state) {
    for (size_t i = 0; i < data.times.size(); ++i) {
      encoder.Append(0, data.times[i], data.values[i]);
      if (encoder.count() == 120) benchmark::DoNotOptimize(encoder.Finish().data());
    }
  }
  PerSample(state, data.times.size());
}

// Histograms of 8 buckets that grow by a few observations per scrape.
const std::vector<EncodedChunk>& HistogramChunks(bool as_float) {
  static std::vector<EncodedChunk> all[2];
  std::vector<EncodedChunk>& chunks = all[as_float ? 1 : 0];
  if (!chunks.empty()) return chunks;
  std::mt19937_64 random(7);
  ChunkCutter cutter({}, &chunks);
  series::Histogram histogram;
  histogram.schema = 3;
  histogram.zero_threshold = 0x1p-128;
  histogram.positive_spans = {{0, 5}, {2, 3}};
  std::vector<int64_t> counts(8, 100);
  for (size_t i = 0; i < kSamples; ++i) {
    histogram.positive_deltas.clear();
    int64_t previous = 0;
    for (int64_t& count : counts) {
      const int64_t more = static_cast<int64_t>(random() % 6);
      count += more;
      histogram.count += static_cast<uint64_t>(more);
      histogram.positive_deltas.push_back(count - previous);
      previous = count;
    }
    histogram.sum += static_cast<double>(random() % 1000) * 0.1;
    const int64_t t = kStart + static_cast<int64_t>(i) * 15'000;
    if (as_float) {
      cutter.Append(0, t, series::ToFloat(histogram));
    } else {
      cutter.Append(0, t, histogram);
    }
  }
  cutter.Finish();
  return chunks;
}

void BM_HistogramDecode(benchmark::State& state) {
  const std::vector<EncodedChunk>& chunks = HistogramChunks(state.range(0) != 0);
  ColumnDecoder decoder;
  for (auto _ : state) {
    size_t samples = 0;
    for (const EncodedChunk& chunk : chunks) {
      if (!decoder.Open(chunk.view()).ok()) state.SkipWithError("open failed");
      while (const series::SampleBatch* batch = decoder.Next().value()) samples += batch->size();
    }
    if (samples != kSamples) state.SkipWithError("samples lost");
  }
  PerSample(state, kSamples);
}

void BM_HistogramRewrite(benchmark::State& state) {
  const std::vector<EncodedChunk>& chunks = HistogramChunks(state.range(0) != 0);
  std::vector<EncodedChunk> out;
  ChunkCutter cutter({}, &out);
  ChunkIterator it;
  for (auto _ : state) {
    out.clear();
    for (const EncodedChunk& chunk : chunks) {
      if (!it.Open(chunk.view()).ok()) state.SkipWithError("open failed");
      while (it.Next().value()) it.AppendTo(&cutter);
    }
    cutter.Finish();
  }
  PerSample(state, kSamples);
}

BENCHMARK(BM_XorDecodePlain)->DenseRange(0, kFleet)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_XorDecode)->DenseRange(0, kFleet)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Xor2Decode)->DenseRange(0, kFleet)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_XorCursor)->Arg(kMix)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_XorEncode)->DenseRange(0, kFleet)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Xor2Encode)->Arg(kMix)->Arg(kFleet)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_HistogramDecode)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_HistogramRewrite)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace epi::tsdb

BENCHMARK_MAIN();
