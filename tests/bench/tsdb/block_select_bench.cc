// Opens a folder of blocks and answers selectors, for select_vs_prometheus.py, which asks a Prometheus the same.
//
//   block_select_bench FOLDER QUERIES OUT
//
// QUERIES: one a line, "samples" or "series", then name, operator and value of each matcher, all separated by tabs.
// OUT: one line per query, its series and its samples. Printed: CPU milliseconds of opening and of all queries.
#include <ctime>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

#include "common/base/str_cat.h"
#include "common/tsdb/block_directory.h"

namespace epi::tsdb {
namespace {

struct Query {
  bool series_only = false;
  labels::Matchers matchers;
};

labels::MatchType TypeOf(const std::string& text) {
  if (text == "!=") return labels::MatchType::kNotEqual;
  if (text == "=~") return labels::MatchType::kRegex;
  return text == "!~" ? labels::MatchType::kNotRegex : labels::MatchType::kEqual;
}

std::vector<Query> ReadQueries(const std::string& path) {
  std::vector<Query> queries;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::vector<std::string> parts;
    for (std::string part; std::getline(words, part, '\t');) parts.push_back(part);
    Query query{.series_only = parts.at(0) == "series"};
    for (size_t i = 1; i + 2 < parts.size(); i += 3) {
      query.matchers.push_back(labels::Matcher::Make(TypeOf(parts[i + 1]), parts[i], parts[i + 2]).value());
    }
    queries.push_back(std::move(query));
  }
  return queries;
}

double CpuMs() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

Result<std::pair<size_t, size_t>> Answer(const BlockDirectory& blocks, const Query& query) {
  const auto set = TRY(blocks.Select(Context::Background(), {.matchers = query.matchers}));
  size_t series_count = 0;
  size_t samples = 0;
  std::unique_ptr<series::SampleCursor> cursor;
  for (;;) {
    const auto series = TRY(set->Next());
    if (series == nullptr) break;
    ++series_count;
    if (query.series_only) continue;
    cursor = TRY(series->Samples(std::move(cursor)));
    while (const series::SampleBatch* batch = TRY(cursor->Next())) samples += batch->size();
  }
  return std::pair(series_count, samples);
}

Status Main(int argc, char** argv) {
  if (argc != 4) return InvalidArgumentError("usage: block_select_bench FOLDER QUERIES OUT");
  const std::vector<Query> queries = ReadQueries(argv[2]);
  std::string out;
  const double begin_ms = CpuMs();
  const auto blocks = TRY(BlockDirectory::Open(argv[1]));
  const double opened_ms = CpuMs();
  for (const Query& query : queries) {
    const auto [series, samples] = TRY(Answer(*blocks, query));
    StrAppend(&out, series, " ", samples, "\n");
  }
  const double end_ms = CpuMs();
  std::ofstream(argv[3]) << out;
  std::printf("open_ms %.2f\nselect_ms %.2f\n", opened_ms - begin_ms, end_ms - opened_ms);
  return OkStatus();
}

}  // namespace
}  // namespace epi::tsdb

int main(int argc, char** argv) {
  const epi::Status status = epi::tsdb::Main(argc, argv);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
