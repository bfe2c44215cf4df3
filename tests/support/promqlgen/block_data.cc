#include "tests/support/promqlgen/block_data.h"

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/tsdb/block_writer.h"
#include "tests/support/promqlgen/data_set.h"

namespace epi::promqlgen {

Result<std::string> WriteBlock(const Context& ctx, const series::MemoryStorage& storage, const std::string& directory) {
  RETURN_IF_ERROR(MakeDirectories(directory));
  tsdb::BlockMeta meta;
  meta.min_time_ms = kDataStartMs;
  meta.max_time_ms = kDataStartMs + 2 * 3'600'000;
  meta.ulid = Ulid::Make(meta.max_time_ms, Ulid::Entropy{1, 2, 3});
  meta.compaction.level = 1;
  const std::unique_ptr<tsdb::BlockWriter> writer = TRY(tsdb::BlockWriter::Create(directory, meta));
  const std::unique_ptr<series::SeriesSet> set = TRY(storage.Select(ctx, {}));
  while (const std::unique_ptr<series::Series> one = TRY(set->Next())) {
    const std::unique_ptr<series::SampleCursor> samples = TRY(one->Samples());
    RETURN_IF_ERROR(writer->AddSeries(one->labels(), samples.get()));
  }
  TRY(writer->Finish(ctx));
  return StrCat(directory, "/", meta.ulid.ToString());
}

}  // namespace epi::promqlgen
