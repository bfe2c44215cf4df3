// series::Querier over all blocks of a TSDB directory, beside the process that writes it.
//
// Contract: opened read-only: no lock is taken, nothing is created. Refresh() takes up new blocks and changed tombstones, drops
//           blocks that are gone, and leaves out a block whose compacted successor is there (Prometheus deletes it later).
//           Temporary and partial folders are left out. A block that cannot be read does not stop the others: it is named in
//           the warnings of every answer until it can be read or is gone.
// Threads:  all methods are safe from any thread; a query keeps the blocks it started with.
// Owns:     its blocks; one that was dropped lives until the last query on it ends.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/base/mutex.h"
#include "common/series/querier.h"
#include "common/tsdb/block_querier.h"

namespace epi::tsdb {

class BlockDirectory final : public series::Querier {
 public:
  // Errors: as Refresh().
  static Result<std::unique_ptr<BlockDirectory>> Open(std::string directory);

  // Errors: NotFound and the like when the directory itself cannot be listed; then the blocks stay as they were.
  Status Refresh();
  // What queries use now.
  std::shared_ptr<const BlockQuerier> Snapshot() const;

  Result<std::unique_ptr<series::SeriesSet>> Select(const Context& ctx,
                                                    const series::SelectRequest& request) const override {
    return Snapshot()->Select(ctx, request);
  }
  Result<series::LabelStrings> LabelNames(const Context& ctx, const series::LabelRequest& request) const override {
    return Snapshot()->LabelNames(ctx, request);
  }
  Result<series::LabelStrings> LabelValues(const Context& ctx, const std::string& name,
                                           const series::LabelRequest& request) const override {
    return Snapshot()->LabelValues(ctx, name, request);
  }

 private:
  // Identity of the files of a block that may be replaced.
  struct FileStamp {
    uint64_t inode = 0;
    int64_t changed_ns = 0;
    uint64_t size = 0;
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
  };
  struct OpenBlock {
    std::shared_ptr<const Block> block;
    FileStamp meta;
    FileStamp tombstones;
  };
  explicit BlockDirectory(std::string directory) : directory_(std::move(directory)) {}
  static FileStamp StampOf(const std::string& path);
  Result<OpenBlock> OpenOrReuse(const std::string& name, const std::map<std::string, OpenBlock>& before) const;

  const std::string directory_;
  Mutex refresh_mutex_;
  std::map<std::string, OpenBlock> open_ GUARDED_BY(refresh_mutex_);
  mutable Mutex mutex_;
  std::shared_ptr<const BlockQuerier> snapshot_ GUARDED_BY(mutex_);
};

}  // namespace epi::tsdb
