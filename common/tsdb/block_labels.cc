#include "common/tsdb/block_labels.h"

#include <unordered_set>

#include "common/tsdb/matcher_postings.h"

namespace epi::tsdb {
namespace {

constexpr uint32_t kValuesPerCheck = 4096;

// Calls each(entry) for every selected series.
template <typename Each>
Status ForEachSelected(const Context& ctx, const IndexReader& index, std::span<const labels::Matcher> matchers,
                       Each each) {
  const MatchedPostings selected = TRY(MatchPostings(ctx, index, matchers));
  SeriesEntry entry;
  for (;;) {
    RETURN_IF_ERROR(ctx.Check());
    const std::span<const SeriesId> ids = selected.ids->Next();
    if (ids.empty()) return OkStatus();
    for (const SeriesId id : ids) {
      RETURN_IF_ERROR(index.Series(id, &entry));
      each(entry);
    }
  }
}

// Looks up each symbol once.
class SymbolSet {
 public:
  void Add(uint32_t reference) { references_.insert(reference); }
  Status AddTextsTo(const SymbolTable& symbols, std::set<std::string>* texts) const {
    for (const uint32_t reference : references_) texts->emplace(TRY(symbols.Get(reference)));
    return OkStatus();
  }

 private:
  std::unordered_set<uint32_t> references_;
};

}  // namespace

Status CollectLabelNames(const Context& ctx, const IndexReader& index, std::span<const labels::Matcher> matchers,
                         std::set<std::string>* names) {
  if (matchers.empty()) {
    for (const PostingsTable::Name& name : index.postings_table().names()) {
      if (!name.text.empty()) names->emplace(name.text);
    }
    return OkStatus();
  }
  SymbolSet found;
  RETURN_IF_ERROR(ForEachSelected(ctx, index, matchers, [&](const SeriesEntry& entry) {
    for (const LabelSymbols& label : entry.labels) found.Add(label.name);
  }));
  return found.AddTextsTo(index.symbols(), names);
}

Status CollectLabelValues(const Context& ctx, const IndexReader& index, const std::string& name,
                          std::span<const labels::Matcher> matchers, std::set<std::string>* values) {
  if (name.empty()) return OkStatus();
  if (matchers.empty()) {
    PostingsTable::ValueCursor cursor = index.postings_table().Values(name);
    for (uint32_t seen = 0; cursor.Next(); ++seen) {
      if (seen % kValuesPerCheck == 0) RETURN_IF_ERROR(ctx.Check());
      values->emplace_hint(values->end(), cursor.value());
    }
    return OkStatus();
  }
  // All series name the label by the same symbol: find it once, then compare references.
  uint32_t name_reference = UINT32_MAX;
  SymbolSet found;
  Status status;
  RETURN_IF_ERROR(ForEachSelected(ctx, index, matchers, [&](const SeriesEntry& entry) {
    for (const LabelSymbols& label : entry.labels) {
      if (label.name == name_reference) {
        found.Add(label.value);
      } else if (name_reference == UINT32_MAX) {
        const Result<std::string_view> text = index.symbols().Get(label.name);
        if (!text.ok()) status = text.status();
        if (!text.ok() || *text != name) continue;
        name_reference = label.name;
        found.Add(label.value);
      }
    }
  }));
  RETURN_IF_ERROR(std::move(status));
  return found.AddTextsTo(index.symbols(), values);
}

}  // namespace epi::tsdb
