// What scripts cannot say, because they run with delayed name removal: names that go at once.
#include <map>

#include "common/promql/engine.h"
#include "common/series/memory_storage.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

using series::MemoryStorage;
using series::StoredSample;

void Store(MemoryStorage* storage, const labels::Labels& labels, std::vector<StoredSample> samples) {
  REQUIRE(storage->Append(labels, samples).ok());
}

StoredSample At(int64_t t_ms, double value) { return {.t_ms = t_ms, .value = value, .histogram = nullptr, .start_ms = 0}; }

// The series of a range query over ten minutes, as text; or the error.
std::string Asked(const MemoryStorage& storage, std::string_view query) {
  const Engine engine((EngineOptions()));
  const auto result = engine.Range(Context::Background(), storage, query, {0, 600'000, 60'000});
  if (!result.ok()) return std::string(result.status().message());
  std::string text;
  for (const ColumnMatrix::Series& series : std::get<ColumnMatrix>(result->value).series) text += series.labels.ToString();
  return text;
}

TEST_CASE("series of two names become one when the name goes: an error for functions of ranges, though they never meet") {
  MemoryStorage storage;
  Store(&storage, {{"__name__", "early_total"}, {"n", "1"}}, {At(0, 1), At(60'000, 2)});
  Store(&storage, {{"__name__", "late_total"}, {"n", "1"}}, {At(540'000, 1), At(600'000, 2)});
  const std::string error = "vector cannot contain metrics with the same labelset";
  CHECK(Asked(storage, "rate({__name__=~'.*_total'}[2m])") == error);
  CHECK(Asked(storage, "max_over_time({__name__=~'.*_total'}[2m])") == error);
  // A sign and labels are merged as long as they do not meet.
  CHECK(Asked(storage, "-{__name__=~'.*_total'}") == R"({n="1"})");
  CHECK(Asked(storage, "label_replace({__name__=~'.*_total'}, '__name__', 'x', '', '')") == R"({__name__="x", n="1"})");
  CHECK(Asked(storage, "abs({__name__=~'.*_total'})") == R"({n="1"})");
}

TEST_CASE("type and unit go with the name, but not from histogram functions, matching and without()") {
  MemoryStorage storage;
  const labels::Labels labels = {{"__name__", "size"}, {"__type__", "histogram"}, {"__unit__", "bytes"}, {"n", "1"}};
  auto histogram = std::make_shared<series::FloatHistogram>();
  histogram->count = 1;
  Store(&storage, labels, {{.t_ms = 0, .value = 0, .histogram = histogram, .start_ms = 0}});
  CHECK(Asked(storage, "size * 2") == R"({n="1"})");
  CHECK(Asked(storage, "histogram_count(size)") == R"({__type__="histogram", __unit__="bytes", n="1"})");
  CHECK(Asked(storage, "sum without (n) (size)") == R"({__type__="histogram", __unit__="bytes"})");
  CHECK(Asked(storage, "last_over_time(size[1m])") == labels.ToString());
}

TEST_CASE("positions count bytes from the last line feed") {
  MemoryStorage storage;
  Store(&storage, {{"__name__", "depth"}}, {At(0, 1), At(60'000, 2)});
  const Engine engine((EngineOptions()));
  const std::string query = "# ümläute\n  'ü' == bool 'x'";
  CHECK(engine.Instant(Context::Background(), storage, query, 0).status().message().starts_with("2:3: parse error"));
  const std::string rate = "vector(1) or\n  label_replace(rate(depth[2m]), 'a', 'ü', '', '') or rate(depth[2m])";
  const auto result = engine.Instant(Context::Background(), storage, rate, 60'000);
  REQUIRE(result.ok());
  CHECK(result->annotations.Strings(rate).infos ==
        std::vector<std::string>{"PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                                 "\"depth\" (2:61)"});
}

}  // namespace
}  // namespace epi::promql
