// For tsdb_*_test.py: what `epimetheus-hub tools tsdb` does not do.
//
//   tsdb_tool rewrite FROM_BLOCK TO_DIRECTORY      decodes every sample and writes a new block of them
//   tsdb_tool copy FROM_BLOCK TO_DIRECTORY         writes a new block of the chunks as they are
//   tsdb_tool recut FROM_BLOCK                     encodes every chunk's samples anew and says how many chunks came out the same
//   tsdb_tool print BLOCK                          everything in a block as text, see block_text.h
//   tsdb_tool select TSDB_DIRECTORY SELECTOR N     selects N times and prints series, samples and CPU milliseconds
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/base/str_cat.h"
#include "common/promql/parse.h"
#include "common/tsdb/block_directory.h"
#include "tests/integration/tsdb/block_copy.h"
#include "tests/integration/tsdb/block_text.h"

namespace epi {
namespace {

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

Status Recut(const std::string& from) {
  const RecutCounts counts = TRY(RecutBlock(TRY(tsdb::Block::Open(from))));
  std::printf("%llu chunks, %llu equal, %llu equal but for a zero byte at the end, %llu different\n",
              static_cast<unsigned long long>(counts.chunks), static_cast<unsigned long long>(counts.equal),
              static_cast<unsigned long long>(counts.shorter), static_cast<unsigned long long>(counts.different));
  return OkStatus();
}

Status Print(const std::string& directory) { return PrintBlock(*TRY(tsdb::Block::Open(directory))); }

Status Run(const std::vector<std::string>& args) {
  const std::string command = args.empty() ? "" : args[0];
  if (command == "rewrite" && args.size() == 3) return RewriteBlock(TRY(tsdb::Block::Open(args[1])), args[2]);
  if (command == "copy" && args.size() == 3) return CopyBlock(TRY(tsdb::Block::Open(args[1])), args[2]);
  if (command == "recut" && args.size() == 2) return Recut(args[1]);
  if (command == "print" && args.size() == 2) return Print(args[1]);
  if (command == "select" && args.size() == 4) return Select(args[1], args[2], std::atoi(args[3].c_str()));
  return InvalidArgumentError("usage: see the top of tsdb_tool.cc");
}

}  // namespace
}  // namespace epi

int main(int argc, char** argv) { return epi::Report(epi::Run({argv + 1, argv + argc})); }
