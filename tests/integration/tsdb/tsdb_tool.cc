// For tsdb_blocks_test.py: what `epimetheus-hub tools tsdb` does not do.
//
//   tsdb_tool rewrite FROM_BLOCK TO_DIRECTORY      decodes every sample and writes a new block of them
//   tsdb_tool select TSDB_DIRECTORY SELECTOR N     selects N times and prints series, samples and CPU milliseconds
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/base/str_cat.h"
#include "common/promql/parse.h"
#include "common/tsdb/block_directory.h"
#include "common/tsdb/block_writer.h"

namespace epi {
namespace {

Status Rewrite(const std::string& from, const std::string& to) {
  const auto block = TRY(tsdb::Block::Open(from));
  const tsdb::BlockQuerier querier({block});
  const auto set = TRY(querier.Select(Context::Background(), {}));
  tsdb::BlockMeta meta;
  meta.ulid = block->meta().ulid;
  meta.min_time_ms = block->meta().min_time_ms;
  meta.max_time_ms = block->meta().max_time_ms;
  return tsdb::WriteBlock(Context::Background(), to, meta, set.get()).status();
}

double CpuMs() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

Status Select(const std::string& directory, const std::string& selector, int times) {
  const auto blocks = TRY(tsdb::BlockDirectory::Open(directory));
  series::SelectRequest request;
  request.matchers = TRY(promql::ParseMetricSelector(selector));
  uint64_t series_count = 0;
  uint64_t samples = 0;
  const double begin_ms = CpuMs();
  for (int i = 0; i < times; ++i) {
    const auto set = TRY(blocks->Select(Context::Background(), request));
    std::unique_ptr<series::SampleCursor> cursor;
    for (;;) {
      const auto series = TRY(set->Next());
      if (series == nullptr) break;
      ++series_count;
      cursor = TRY(series->Samples(std::move(cursor)));
      for (;;) {
        const series::SampleBatch* batch = TRY(cursor->Next());
        if (batch == nullptr) break;
        samples += batch->size();
      }
    }
  }
  std::printf("%llu series %llu samples %.1f ms\n", static_cast<unsigned long long>(series_count),
              static_cast<unsigned long long>(samples), CpuMs() - begin_ms);
  return OkStatus();
}

int Report(const Status& status) {
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace epi

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 3 && args[0] == "rewrite") return epi::Report(epi::Rewrite(args[1], args[2]));
  if (args.size() == 4 && args[0] == "select") {
    return epi::Report(epi::Select(args[1], args[2], std::atoi(args[3].c_str())));
  }
  std::fprintf(stderr, "usage: see the top of tsdb_tool.cc\n");
  return 2;
}
