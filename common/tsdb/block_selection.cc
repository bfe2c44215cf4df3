#include "common/tsdb/block_selection.h"

#include <algorithm>

namespace epi::tsdb {

BlockSelection::BlockSelection(const Context& ctx, std::shared_ptr<const Block> block, int64_t mint_ms, int64_t maxt_ms)
    : ctx_(ctx), block_(std::move(block)), mint_ms_(mint_ms), maxt_ms_(maxt_ms), symbols_(kCachedSymbols) {}

Result<std::unique_ptr<BlockSelection>> BlockSelection::Make(const Context& ctx, std::shared_ptr<const Block> block,
                                                             std::span<const labels::Matcher> matchers,
                                                             int64_t mint_ms, int64_t maxt_ms) {
  std::unique_ptr<BlockSelection> selection(new BlockSelection(ctx, std::move(block), mint_ms, maxt_ms));
  selection->postings_ = TRY(MatchPostings(ctx, selection->block_->index(), matchers));
  return selection;
}

Result<bool> BlockSelection::NextId(SeriesId* id) {
  if (batch_.empty()) {
    RETURN_IF_ERROR(ctx_.Check());
    batch_ = postings_.ids->Next();
    if (batch_.empty()) return false;
  }
  *id = batch_.front();
  batch_ = batch_.subspan(1);
  if (any_ && *id <= last_id_) return block_->index().BadSeries(*id, "postings are out of order before this series");
  any_ = true;
  last_id_ = *id;
  return true;
}

void BlockSelection::KeepChunks(SelectedSeries* out) const {
  out->deleted = block_->tombstones().Of(out->id);
  out->chunks.clear();
  for (const ChunkMeta& chunk : entry_.chunks) {
    if (chunk.maxt_ms < mint_ms_ || chunk.mint_ms > maxt_ms_) continue;
    if (!Covers(out->deleted, chunk.mint_ms, chunk.maxt_ms)) out->chunks.push_back(chunk);
  }
}

Result<bool> BlockSelection::Next(SelectedSeries* out) {
  while (TRY(NextId(&out->id))) {
    RETURN_IF_ERROR(block_->index().Series(out->id, &entry_));
    KeepChunks(out);
    if (out->chunks.empty()) continue;
    out->block = block_;
    out->labels = TRY(ResolveLabels(out->id));
    return true;
  }
  return false;
}

Result<std::string_view> BlockSelection::Symbol(uint32_t reference) {
  CachedSymbol& cached = symbols_[reference % kCachedSymbols];
  if (cached.reference != reference || cached.text.empty()) {
    cached.text = TRY(block_->index().symbols().Get(reference));
    cached.reference = reference;
  }
  return cached.text;
}

Result<const BlockSelection::LabelName*> BlockSelection::NameAt(size_t position, uint32_t reference) {
  if (position >= names_.size()) names_.resize(position + 1);
  LabelName& name = names_[position];
  if (name.reference != reference) {
    name.text = TRY(block_->index().symbols().Get(reference));
    name.wanted = !kept_labels_ || std::find(kept_labels_->begin(), kept_labels_->end(), name.text) != kept_labels_->end();
    name.reference = reference;
  }
  return static_cast<const LabelName*>(&name);
}

Result<labels::Labels> BlockSelection::ResolveLabels(SeriesId id) {
  label_views_.clear();
  std::string_view previous;
  for (size_t i = 0; i < entry_.labels.size(); ++i) {
    const LabelName* name = TRY(NameAt(i, entry_.labels[i].name));
    if (!(previous < name->text)) return block_->index().BadSeries(id, "label names are out of order");
    previous = name->text;
    if (!name->wanted) continue;
    const labels::Label label{name->text, TRY(Symbol(entry_.labels[i].value))};
    if (label.name.size() > labels::kLabelBytesMax || label.value.size() > labels::kLabelBytesMax) {
      return block_->index().BadSeries(id, "a label is longer than 16 MiB");
    }
    if (!label.value.empty()) label_views_.push_back(label);
  }
  return labels::Labels::FromSorted(label_views_);
}

void BlockSelection::KeepLabels(std::vector<std::string> names) { kept_labels_ = std::move(names); }

}  // namespace epi::tsdb
