// Writes an index of version 1, which no current program writes but old buckets hold, from the contents of a version 2 index.
//
// What differs from version 2 (docs/formats/index.md): symbols are referred to by the file offset of their entry and stand in no
// order; a series id is the entry's file offset; label indices and their offset table are there; the postings offset table has no
// order.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/tsdb/index_reader.h"
#include "common/tsdb/series_entry.h"

namespace epi::tsdb {

class IndexV1Builder {
 public:
  explicit IndexV1Builder(uint64_t seed) : random_(seed) {}

  std::string Build(const IndexReader& from) {
    ByteWriter writer(&out_);
    writer.U32Be(kIndexMagic);
    writer.U8(kIndexV1);
    WriteSymbols(from);
    WriteSeries(from);
    toc_.label_indices = out_.size();
    for (const auto& [name, values] : values_) WriteLabelIndex(name, values);
    toc_.postings = out_.size();
    for (const auto& [key, ids] : postings_) WritePostings(key, ids);
    toc_.label_offset_table = out_.size();
    WriteOffsetTable(std::move(label_index_entries_));
    toc_.postings_table = out_.size();
    WriteOffsetTable(std::move(postings_entries_));
    toc_.AppendTo(&out_);
    return std::move(out_);
  }

 private:
  using Key = std::pair<std::string, std::string>;

  void Section(const std::string& payload) {
    ByteWriter writer(&out_);
    writer.U32Be(static_cast<uint32_t>(payload.size()));
    writer.Bytes(payload);
    writer.U32Be(Crc32c(payload));
  }
  void Align(size_t alignment) { out_.resize((out_.size() + alignment - 1) / alignment * alignment); }

  void WriteSymbols(const IndexReader& from) {
    toc_.symbols = out_.size();
    std::vector<std::string> symbols;
    for (uint32_t i = 0; i < from.symbols().count(); ++i) symbols.emplace_back(from.symbols().Get(i).value());
    std::shuffle(symbols.begin(), symbols.end(), random_);
    std::string payload;
    ByteWriter writer(&payload);
    writer.U32Be(static_cast<uint32_t>(symbols.size()));
    for (const std::string& symbol : symbols) {
      symbol_offsets_[symbol] = out_.size() + 4 + payload.size();
      writer.UvarintBytes(symbol);
    }
    Section(payload);
  }

  void WriteSeries(const IndexReader& from) {
    toc_.series = out_.size();
    const PostingsList all = from.AllPostings().value();
    SeriesEntry entry;
    for (size_t i = 0; i < all.count(); ++i) {
      if (!from.Series(all[i], &entry).ok()) std::abort();
      const auto id = static_cast<SeriesId>(out_.size());
      std::string body;
      ByteWriter writer(&body);
      writer.Uvarint(entry.labels.size());
      postings_[{}].push_back(id);
      for (const LabelSymbols& label : entry.labels) {
        const std::string name(from.symbols().Get(label.name).value());
        const std::string value(from.symbols().Get(label.value).value());
        writer.Uvarint(symbol_offsets_.at(name));
        writer.Uvarint(symbol_offsets_.at(value));
        postings_[{name, value}].push_back(id);
        values_[name].push_back(value);
      }
      AppendChunkMetas(entry.chunks, &body);
      ByteWriter file(&out_);
      file.UvarintBytes(body);
      file.U32Be(Crc32c(body));
    }
  }

  void WriteLabelIndex(const std::string& name, std::vector<std::string> values) {
    Align(4);
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::string entry;
    ByteWriter entry_writer(&entry);
    entry_writer.U8(1);
    entry_writer.UvarintBytes(name);
    entry_writer.Uvarint(out_.size());
    label_index_entries_.push_back(entry);
    std::string payload;
    ByteWriter writer(&payload);
    writer.U32Be(1);
    writer.U32Be(static_cast<uint32_t>(values.size()));
    for (const std::string& value : values) writer.U32Be(static_cast<uint32_t>(symbol_offsets_.at(value)));
    Section(payload);
  }

  void WritePostings(const Key& key, const std::vector<SeriesId>& ids) {
    Align(4);
    std::string entry;
    ByteWriter entry_writer(&entry);
    entry_writer.U8(2);
    entry_writer.UvarintBytes(key.first);
    entry_writer.UvarintBytes(key.second);
    entry_writer.Uvarint(out_.size());
    postings_entries_.push_back(entry);
    std::string payload;
    ByteWriter writer(&payload);
    writer.U32Be(static_cast<uint32_t>(ids.size()));
    for (const SeriesId id : ids) writer.U32Be(id);
    Section(payload);
  }

  void WriteOffsetTable(std::vector<std::string> entries) {
    std::shuffle(entries.begin(), entries.end(), random_);
    std::string payload;
    ByteWriter writer(&payload);
    writer.U32Be(static_cast<uint32_t>(entries.size()));
    for (const std::string& entry : entries) writer.Bytes(entry);
    Section(payload);
  }

  std::mt19937_64 random_;
  std::string out_;
  IndexToc toc_;
  std::map<std::string, uint64_t> symbol_offsets_;
  std::map<std::string, std::vector<std::string>> values_;
  std::map<Key, std::vector<SeriesId>> postings_;
  std::vector<std::string> label_index_entries_;
  std::vector<std::string> postings_entries_;
};

}  // namespace epi::tsdb
