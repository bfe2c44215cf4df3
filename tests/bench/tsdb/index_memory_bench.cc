// Resident memory of a process that reads the index of 1,000,000 series (or as many as its argument says): after opening it, after
// 1,000 look-ups, and after a regular expression over all pods. No benchmark library: the process must hold nothing else.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "common/base/random.h"
#include "common/base/str_cat.h"
#include "common/tsdb/index_writer.h"
#include "common/tsdb/matcher_postings.h"
#include "tests/support/blockgen/fleet.h"
#include "tests/support/temp_dir.h"

namespace epi::tsdb {
namespace {

constexpr double kMiB = 1 << 20;
constexpr uint32_t kSeriesPerTarget = 50;

void WriteIndex(const std::string& path, uint32_t targets) {
  blockgen::Shape shape = blockgen::Shape::Named("mix").value();
  shape.targets = targets;
  auto writer = IndexWriter::Create(path).value();
  uint32_t offset = 8;
  for (const blockgen::SeriesSpec& series : blockgen::MakeFleet({.shape = shape})) {
    const ChunkMeta chunk{1'741'824'000'000, 1'741'831'199'000, ChunkRef(0, offset++)};
    CHECK(writer->AddSeries(series.labels, {&chunk, 1}).ok());
  }
  CHECK(writer->Finish().ok());
}

double ResidentMiB(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::strtod(line.c_str() + std::string_view(field).size() + 1, nullptr) / 1024;
  }
  return 0;
}

size_t Count(const IndexReader& index, const labels::Matchers& matchers) {
  MatchedPostings matched = MatchPostings(Context::Background(), index, matchers).value();
  size_t count = 0;
  SeriesEntry entry;
  for (auto batch = matched.ids->Next(); !batch.empty(); batch = matched.ids->Next()) {
    for (const SeriesId id : batch) CHECK(index.Series(id, &entry).ok());
    count += batch.size();
  }
  return count;
}

void Print(const char* when, size_t series) {
  std::printf("%-34s series %8zu  RSS %6.1f MiB  peak %6.1f MiB\n", when, series, ResidentMiB("VmRSS:"), ResidentMiB("VmHWM:"));
}

void Measure(const std::string& path, uint32_t targets) {
  Print("before", 0);
  const auto index = IndexReader::Open(path).value();
  std::printf("index %.1f MiB\n", static_cast<double>(index->size_bytes()) / kMiB);
  Print("opened", index->AllPostings().value().count());
  Random random(1);
  size_t series = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string instance = StrCat("10.", 0, ".", random.Uniform(targets) / 256 % 256, ".", random.Uniform(256), ":8080");
    series += Count(*index, {labels::Matcher::Equal("instance", instance)});
  }
  Print("after 1,000 selects of a target", series);
  series = Count(*index, {labels::Matcher::Make(labels::MatchType::kRegex, "pod", "web-0[0-9]+1-.*").value(),
                          labels::Matcher::Equal("__name__", "kube_pod_info")});
  Print("after a regex over all pods", series);
}

int Main(int argc, char** argv) {
  const uint32_t targets = static_cast<uint32_t>(argc > 1 ? std::atol(argv[1]) : 1'000'000) / kSeriesPerTarget;
  const TempDir temp;
  const std::string path = temp.path() + "/index";
  // Another process writes, so that what writing took is not in this one.
  const pid_t writer = fork();
  if (writer == 0) {
    WriteIndex(path, targets);
    _exit(0);
  }
  int exit = 1;
  CHECK(waitpid(writer, &exit, 0) == writer && exit == 0);
  Measure(path, targets);
  return 0;
}

}  // namespace
}  // namespace epi::tsdb

int main(int argc, char** argv) { return epi::tsdb::Main(argc, argv); }
