// promql_block_server DIRECTORY ADDRESS [QUERY_MEMORY_MAX_BYTES]: the query API over the blocks of a directory.
//
// The shortest way from blocks through the engine to HTTP, for query_table.py and memory_budget.py: what they measure is this
// and nothing else.
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "common/api/active_queries.h"
#include "common/api/metadata_handler.h"
#include "common/api/query_handler.h"
#include "common/api/routes.h"
#include "common/api/status_handler.h"
#include "common/config/log_flags.h"
#include "common/process/process.h"
#include "common/process/standard_routes.h"
#include "common/promql/engine.h"
#include "common/runtime/gate.h"
#include "common/tsdb/block_directory.h"

namespace epi {
namespace {

class BlockSource final : public api::Source {
 public:
  explicit BlockSource(std::shared_ptr<const tsdb::BlockQuerier> blocks) : blocks_(std::move(blocks)) {}
  const series::Querier& querier() const override { return *blocks_; }
  api::Completeness completeness() const override { return {.answered = 1}; }

 private:
  const std::shared_ptr<const tsdb::BlockQuerier> blocks_;
};

struct Arguments {
  std::string directory;
  std::string address;
  uint64_t query_bytes_max = 256ULL << 20;
};

Status Serve(const Arguments& arguments) {
  const std::unique_ptr<tsdb::BlockDirectory> blocks = TRY(tsdb::BlockDirectory::Open(arguments.directory));
  process::Process process("query", config::LogFlags().MakeLogger());
  const promql::Engine engine({.workers = std::max(1U, std::thread::hardware_concurrency())});
  runtime::Gate gate({.name = "queries", .running_max = 20});
  const api::OpenSource open_source = [&blocks](const api::SourceOptions&) -> Result<std::unique_ptr<api::Source>> {
    return std::make_unique<BlockSource>(blocks->Snapshot());
  };
  api::ActiveQueries active;
  const api::QueryHandler query({.engine = &engine,
                                 .gate = &gate,
                                 .process_memory = process.memory(),
                                 .open_source = open_source,
                                 .query_bytes_max = arguments.query_bytes_max,
                                 .active = &active});
  const api::MetadataHandler metadata({.open_source = open_source, .process_memory = process.memory()});
  const api::StatusHandler status({});
  http::Router router({});
  process::AddStandardRoutes(&router, process.probe(), process.registry());
  api::AddApiRoutes(&router, {.query = &query, .metadata = &metadata, .status = &status, .active = &active});
  RETURN_IF_ERROR(process.ServeHttp({.address = arguments.address}, &router));
  process.probe()->SetReady();
  return process.Run();
}

}  // namespace
}  // namespace epi

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: promql_block_server DIRECTORY ADDRESS [QUERY_MEMORY_MAX_BYTES]\n");
    return 2;
  }
  epi::Arguments arguments{.directory = argv[1], .address = argv[2]};
  if (argc > 3) arguments.query_bytes_max = std::strtoull(argv[3], nullptr, 10);
  const epi::Status status = epi::Serve(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
