// Evaluates any text that parses, over a few series, as instant and as range query, within bounds of memory, samples and time.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/base/check.h"
#include "common/base/context.h"
#include "common/base/memory_account.h"
#include "common/promql/engine.h"
#include "common/series/memory_storage.h"

namespace {

using namespace epi;

series::FloatHistogram HistogramOf(double count, int32_t schema) {
  series::FloatHistogram histogram;
  histogram.schema = schema;
  histogram.count = histogram.sum = 3 * count;
  histogram.positive_spans = {{.offset = 0, .length = 3}};
  histogram.positive_buckets = {count, count, count};
  if (histogram.UsesCustomBuckets()) histogram.custom_values = {1, 2};
  return histogram;
}

void Store(series::MemoryStorage* storage, const labels::Labels& labels, int32_t kind) {
  std::vector<series::StoredSample> samples;
  for (int64_t i = 0; i < 12; ++i) {
    series::StoredSample sample{.t_ms = i * 30'000, .value = static_cast<double>(i % 5), .histogram = nullptr, .start_ms = 0};
    if (kind != 0) sample.histogram = std::make_shared<const series::FloatHistogram>(HistogramOf(sample.value, i % 3 == 0 ? kind : 1));
    samples.push_back(sample);
  }
  CHECK(storage->Append(labels, samples).ok());
}

const series::MemoryStorage& Data() {
  static const std::unique_ptr<series::MemoryStorage> storage = [] {
    auto made = std::make_unique<series::MemoryStorage>();
    for (const char* job : {"x", "y"}) {
      Store(made.get(), {{"__name__", "a"}, {"job", job}}, 0);
      Store(made.get(), {{"__name__", "b_bucket"}, {"job", job}, {"le", job[0] == 'x' ? "1" : "+Inf"}}, 0);
      Store(made.get(), {{"__name__", "h"}, {"job", job}}, job[0] == 'x' ? 2 : series::kCustomBucketsSchema);
      Store(made.get(), {{"__name__", "target_info"}, {"job", job}, {"v", job}}, 0);
    }
    return made;
  }();
  return *storage;
}

promql::Engine MakeEngine(bool delayed_names) {
  promql::EngineOptions options;
  options.features = promql::Features::All();
  options.features.delayed_name_removal = delayed_names;
  options.samples_max = 20'000;
  return promql::Engine(options);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const promql::Engine engines[] = {MakeEngine(false), MakeEngine(true)};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const promql::Engine& engine : engines) {
    MemoryAccount account("query", 64U << 20);
    const Context ctx = Context::Background().WithMemory(&account).WithTimeout(std::chrono::seconds(2));
    const auto instant = engine.Instant(ctx, Data(), text, 180'000);
    if (instant.ok()) (void)instant->annotations.Strings(text).warnings.size();
    const auto range = engine.Range(ctx, Data(), text, {60'000, 300'000, 60'000});
    if (range.ok()) (void)range->ToValue().index();
  }
  return 0;
}
