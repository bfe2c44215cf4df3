#include "common/tsdb/block.h"

#include "common/base/str_cat.h"
#include "common/tsdb/block_folder.h"

namespace epi::tsdb {

Result<std::shared_ptr<const Block>> Block::Open(const std::string& directory) {
  std::shared_ptr<Block> block(new Block());
  block->directory_ = directory;
  block->meta_ = TRY(BlockMeta::Read(directory));
  block->index_ = TRY(IndexReader::Open(StrCat(directory, "/", kIndexFileName)));
  block->chunks_ = TRY(ChunkSegmentReader::Open(block->chunks_directory()));
  block->tombstones_ = TRY(Tombstones::Open(StrCat(directory, "/", kTombstonesFileName)));
  return std::shared_ptr<const Block>(std::move(block));
}

std::string Block::chunks_directory() const { return StrCat(directory_, "/", kChunksFolderName); }

}  // namespace epi::tsdb
