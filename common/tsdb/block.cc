#include "common/tsdb/block.h"

#include "common/base/str_cat.h"
#include "common/tsdb/block_folder.h"

namespace epi::tsdb {

Result<std::shared_ptr<const Block>> Block::Open(const std::string& directory) {
  std::shared_ptr<Block> block(new Block());
  block->directory_ = directory;
  block->chunks_directory_ = StrCat(directory, "/", kChunksFolderName);
  block->meta_ = TRY(BlockMeta::Read(directory));
  const std::string_view name = std::string_view(directory).substr(directory.find_last_of('/') + 1);
  const Result<Ulid> named = Ulid::Parse(name);
  if (named.ok() && *named != block->meta_.ulid) {
    return DataLossError(StrCat(directory, "/", kMetaFileName, ": is of block ", block->meta_.ulid.ToString()));
  }
  block->index_ = TRY(IndexReader::Open(StrCat(directory, "/", kIndexFileName)));
  block->chunks_ = TRY(ChunkSegmentReader::Open(block->chunks_directory()));
  block->tombstones_ = TRY(Tombstones::Open(StrCat(directory, "/", kTombstonesFileName)));
  return std::shared_ptr<const Block>(std::move(block));
}

}  // namespace epi::tsdb
