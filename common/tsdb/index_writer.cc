#include "common/tsdb/index_writer.h"

#include <algorithm>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/tsdb/series_entry.h"

namespace epi::tsdb {
namespace {

// Length, count and checksum of a postings list.
constexpr uint64_t kListOverhead = 12;
constexpr size_t kFlushBytes = size_t{64} << 10;

uint64_t TableEntryBytes(std::string_view name, std::string_view value, uint64_t list_offset) {
  return 1 + UvarintSize(name.size()) + name.size() + UvarintSize(value.size()) + value.size() + UvarintSize(list_offset);
}

}  // namespace

Result<std::unique_ptr<IndexWriter>> IndexWriter::Create(const std::string& path, const IndexWriterOptions& options) {
  BufferedFile file = TRY(BufferedFile::Create(path));
  SeriesSpool spool = TRY(SeriesSpool::Create(ParentDirectory(path)));
  std::unique_ptr<IndexWriter> writer(new IndexWriter(std::move(file), std::move(spool), options));
  std::string header;
  ByteWriter bytes(&header);
  bytes.U32Be(kIndexMagic);
  bytes.U8(kIndexV2);
  RETURN_IF_ERROR(writer->file_.Append(header));
  return writer;
}

Status IndexWriter::CheckOrder(const labels::Labels& series, std::span<const ChunkMeta> chunks) {
  if (series.empty()) return InvalidArgumentError("a series without labels");
  if (series_count_ > 0 && labels::Labels::Compare(last_series_, series) >= 0) {
    return InvalidArgumentError(StrCat("series out of order: ", series.ToString(), " after ", last_series_.ToString()));
  }
  for (size_t i = 0; i < chunks.size(); ++i) {
    const bool times_ok = chunks[i].mint_ms <= chunks[i].maxt_ms && (i == 0 || chunks[i - 1].maxt_ms < chunks[i].mint_ms);
    if (!times_ok) return InvalidArgumentError(StrCat("chunks of ", series.ToString(), " overlap or are out of order"));
    if (chunks[i].ref < last_ref_) return InvalidArgumentError(StrCat("chunk references of ", series.ToString(), " fall"));
    last_ref_ = chunks[i].ref;
  }
  return OkStatus();
}

Status IndexWriter::CheckFileSize(uint64_t more_bytes) const {
  if (file_.offset() + more_bytes <= options_.file_bytes_max) return OkStatus();
  return FailedPreconditionError(
      StrCat(file_.path(), ": the index would exceed ", options_.file_bytes_max, " bytes, the limit of the format"));
}

Status IndexWriter::AddSeries(const labels::Labels& series, std::span<const ChunkMeta> chunks) {
  RETURN_IF_ERROR(CheckOrder(series, chunks));
  if (series_count_ == UINT32_MAX / 4 - 1) {
    return FailedPreconditionError(StrCat(file_.path(), ": more series than a postings list can hold"));
  }
  pairs_.AddSeries(series, &pair_buffer_);
  bytes_.clear();
  AppendChunkMetas(chunks, &bytes_);
  RETURN_IF_ERROR(spool_.Add({pair_buffer_, bytes_}));
  last_series_ = series;
  ++series_count_;
  return OkStatus();
}

Status IndexWriter::Finish() {
  pairs_.Sort();
  RETURN_IF_ERROR(WriteSymbols());
  RETURN_IF_ERROR(WriteSeries());
  RETURN_IF_ERROR(WritePostings());
  RETURN_IF_ERROR(WritePostingsTable());
  bytes_.clear();
  toc_.AppendTo(&bytes_);
  RETURN_IF_ERROR(CheckFileSize(bytes_.size()));
  RETURN_IF_ERROR(file_.Append(bytes_));
  return file_.Finish();
}

Status IndexWriter::BeginSection(uint64_t payload_bytes, std::string_view section) {
  if (payload_bytes > options_.section_bytes_max) {
    return FailedPreconditionError(StrCat(file_.path(), ": ", section, " would take ", payload_bytes, " bytes, above ",
                                          options_.section_bytes_max, ", the limit of the format"));
  }
  RETURN_IF_ERROR(CheckFileSize(payload_bytes + 8));
  std::string length;
  ByteWriter(&length).U32Be(static_cast<uint32_t>(payload_bytes));
  section_crc_ = 0;
  return file_.Append(length);
}

Status IndexWriter::SectionAppend(std::string_view bytes) {
  section_crc_ = Crc32cExtend(section_crc_, bytes);
  return file_.Append(bytes);
}

Status IndexWriter::EndSection() {
  std::string checksum;
  ByteWriter(&checksum).U32Be(section_crc_);
  return file_.Append(checksum);
}

Status IndexWriter::WriteSymbols() {
  toc_.symbols = file_.offset();
  uint64_t payload_bytes = 4;
  for (const uint32_t number : pairs_.symbols_in_order()) {
    const size_t size = pairs_.symbol(number).size();
    payload_bytes += UvarintSize(size) + size;
  }
  RETURN_IF_ERROR(BeginSection(payload_bytes, kSectionSymbols));
  bytes_.clear();
  ByteWriter writer(&bytes_);
  writer.U32Be(static_cast<uint32_t>(pairs_.symbol_count()));
  for (const uint32_t number : pairs_.symbols_in_order()) {
    writer.UvarintBytes(pairs_.symbol(number));
    if (bytes_.size() < kFlushBytes) continue;
    RETURN_IF_ERROR(SectionAppend(bytes_));
    bytes_.clear();
  }
  RETURN_IF_ERROR(SectionAppend(bytes_));
  return EndSection();
}

Status IndexWriter::WriteSeries() {
  toc_.series = file_.offset();
  ids_.reserve(series_count_);
  std::string body;
  std::string entry;
  const Status written = spool_.Replay([&](const SeriesSpool::Record& record) -> Status {
    RETURN_IF_ERROR(file_.Pad(kSeriesAlignment));
    body.clear();
    ByteWriter body_writer(&body);
    body_writer.Uvarint(record.pairs.size());
    for (const uint32_t pair : record.pairs) {
      body_writer.Uvarint(pairs_.rank(pairs_.pairs()[pair].name));
      body_writer.Uvarint(pairs_.rank(pairs_.pairs()[pair].value));
    }
    body_writer.Bytes(record.chunks);
    entry.clear();
    ByteWriter entry_writer(&entry);
    entry_writer.UvarintBytes(body);
    entry_writer.U32Be(Crc32c(body));
    RETURN_IF_ERROR(CheckFileSize(entry.size()));
    series_bytes_max_ = std::max<uint64_t>(series_bytes_max_, entry.size());
    ids_.push_back(static_cast<SeriesId>(file_.offset() / kSeriesAlignment));
    return file_.Append(entry);
  });
  RETURN_IF_ERROR(written);
  toc_.label_indices = file_.offset();
  toc_.postings = file_.offset();
  return file_.Pad(kPostingsAlignment);
}

Status IndexWriter::WriteList(std::span<const uint32_t> ids) {
  RETURN_IF_ERROR(BeginSection(4 + 4 * uint64_t{ids.size()}, kSectionPostings));
  bytes_.clear();
  ByteWriter writer(&bytes_);
  writer.U32Be(static_cast<uint32_t>(ids.size()));
  for (const uint32_t id : ids) writer.U32Be(id);
  RETURN_IF_ERROR(SectionAppend(bytes_));
  return EndSection();
}

Status IndexWriter::WritePostings() {
  first_list_ = file_.offset();
  RETURN_IF_ERROR(WriteList(ids_));
  const std::vector<uint32_t>& order = pairs_.pairs_in_order();
  for (size_t first = 0; first < order.size();) {
    uint64_t ids = 0;
    size_t end = first;
    do {
      ids += pairs_.pairs()[order[end++]].series;
    } while (end < order.size() && (ids + pairs_.pairs()[order[end]].series) * 4 <= options_.postings_bytes_max);
    RETURN_IF_ERROR(WritePostingsBatch(first, end, ids));
    first = end;
  }
  return OkStatus();
}

Status IndexWriter::WritePostingsBatch(size_t first_pair, size_t end_pair, uint64_t ids) {
  const std::vector<uint32_t>& order = pairs_.pairs_in_order();
  constexpr uint64_t kNotHere = UINT64_MAX;
  // Where the next id of each pair goes; pairs of other batches go nowhere.
  std::vector<uint64_t> next(pairs_.pairs().size(), kNotHere);
  std::vector<SeriesId> lists(ids);
  uint64_t begin = 0;
  for (size_t i = first_pair; i < end_pair; ++i) {
    next[order[i]] = begin;
    begin += pairs_.pairs()[order[i]].series;
  }
  size_t series = 0;
  RETURN_IF_ERROR(spool_.Replay([&](const SeriesSpool::Record& record) {
    for (const uint32_t pair : record.pairs) {
      if (next[pair] != kNotHere) lists[next[pair]++] = ids_[series];
    }
    ++series;
    return OkStatus();
  }));
  begin = 0;
  for (size_t i = first_pair; i < end_pair; ++i) {
    const uint64_t count = pairs_.pairs()[order[i]].series;
    RETURN_IF_ERROR(WriteList(std::span(lists).subspan(begin, count)));
    begin += count;
  }
  return OkStatus();
}

Status IndexWriter::WritePostingsTable() {
  toc_.postings_table = file_.offset();
  toc_.label_offset_table = toc_.postings_table;
  // Lists were written in table order without gaps, so their offsets follow from their lengths.
  const auto for_each = [this](auto each) -> Status {
    uint64_t list_offset = first_list_;
    RETURN_IF_ERROR(each("", "", list_offset));
    list_offset += kListOverhead + 4 * series_count_;
    for (const uint32_t number : pairs_.pairs_in_order()) {
      const LabelPairs::Pair& pair = pairs_.pairs()[number];
      RETURN_IF_ERROR(each(pairs_.symbol(pair.name), pairs_.symbol(pair.value), list_offset));
      list_offset += kListOverhead + 4 * pair.series;
    }
    return OkStatus();
  };
  uint64_t payload_bytes = 4;
  RETURN_IF_ERROR(for_each([&](std::string_view name, std::string_view value, uint64_t list_offset) {
    payload_bytes += TableEntryBytes(name, value, list_offset);
    return OkStatus();
  }));
  RETURN_IF_ERROR(BeginSection(payload_bytes, kSectionPostingsTable));
  bytes_.clear();
  ByteWriter writer(&bytes_);
  writer.U32Be(static_cast<uint32_t>(pairs_.pairs().size() + 1));
  RETURN_IF_ERROR(for_each([&](std::string_view name, std::string_view value, uint64_t list_offset) -> Status {
    writer.U8(2);
    writer.UvarintBytes(name);
    writer.UvarintBytes(value);
    writer.Uvarint(list_offset);
    if (bytes_.size() < kFlushBytes) return OkStatus();
    const Status appended = SectionAppend(bytes_);
    bytes_.clear();
    return appended;
  }));
  RETURN_IF_ERROR(SectionAppend(bytes_));
  return EndSection();
}

}  // namespace epi::tsdb
