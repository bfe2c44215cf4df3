#include <simdjson.h>

#include "common/base/json_writer.h"
#include "common/base/str_cat.h"
#include "common/tsdb/block_meta.h"

namespace epi::tsdb {
namespace {

using simdjson::dom::element;

constexpr int64_t kMetaVersion = 1;

// Takes members of one object apart. The first thing that is wrong is kept, with its key; later reads do nothing.
class MemberReader {
 public:
  explicit MemberReader(std::string_view path) : path_(path) {}

  const Status& status() const { return status_; }

  void Fail(std::string_view key, std::string_view what) {
    if (status_.ok()) status_ = DataLossError(StrCat(path_, ": \"", key, "\": ", what));
  }

  void Number(std::string_view key, const element& value, int64_t* out) {
    if (value.get(*out) != simdjson::SUCCESS) Fail(key, "not a whole number");
  }
  void Number(std::string_view key, const element& value, int32_t* out) {
    int64_t wide = 0;
    Number(key, value, &wide);
    if (wide < INT32_MIN || wide > INT32_MAX) Fail(key, "number out of range");
    *out = static_cast<int32_t>(wide);
  }
  void Number(std::string_view key, const element& value, uint64_t* out) {
    if (value.get(*out) != simdjson::SUCCESS) Fail(key, "not a whole number of at least zero");
  }
  void Bool(std::string_view key, const element& value, bool* out) {
    if (value.get(*out) != simdjson::SUCCESS) Fail(key, "neither true nor false");
  }
  void Text(std::string_view key, const element& value, std::string* out) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) Fail(key, "not a string");
    *out = text;
  }
  void Id(std::string_view key, const element& value, Ulid* out) {
    std::string text;
    Text(key, value, &text);
    const Result<Ulid> ulid = Ulid::Parse(text);
    if (ulid.ok()) {
      *out = *ulid;
    } else {
      Fail(key, ulid.status().message());
    }
  }
  // Calls one(item) for each item; null is an empty list, as Go writes one.
  template <typename One>
  void List(std::string_view key, const element& value, One one) {
    if (value.is_null()) return;
    simdjson::dom::array items;
    if (value.get(items) != simdjson::SUCCESS) return Fail(key, "not a list");
    for (const element item : items) one(item);
  }
  // Calls member(key, value) for each member; members it does not take (false) are collected in *unknown.
  template <typename Member>
  void Object(std::string_view key, const element& value, std::string* unknown, Member member) {
    if (value.is_null()) return;
    simdjson::dom::object members;
    if (value.get(members) != simdjson::SUCCESS) return Fail(key, "not an object");
    std::string kept;
    for (const auto& [name, item] : members) {
      if (member(name, item)) continue;
      kept += kept.empty() ? "{" : ",";
      AppendJsonString(&kept, name);
      kept += ":";
      kept += simdjson::minify(item);
    }
    if (!kept.empty() && unknown != nullptr) *unknown = kept + "}";
  }

 private:
  const std::string_view path_;
  Status status_;
};

void ReadStats(MemberReader* reader, const element& value, BlockStats* stats) {
  reader->Object("stats", value, &stats->unknown, [&](std::string_view key, const element& item) {
    const std::pair<std::string_view, uint64_t*> fields[] = {
        {"numSamples", &stats->samples},
        {"numFloatSamples", &stats->float_samples},
        {"numHistogramSamples", &stats->histogram_samples},
        {"numSeries", &stats->series},
        {"numChunks", &stats->chunks},
        {"numTombstones", &stats->tombstones},
    };
    for (const auto& [name, field] : fields) {
      if (key != name) continue;
      reader->Number(key, item, field);
      return true;
    }
    return false;
  });
}

BlockDescription ReadDescription(MemberReader* reader, const element& value) {
  BlockDescription block;
  reader->Object("parents", value, nullptr, [&](std::string_view key, const element& item) {
    if (key == "ulid") reader->Id(key, item, &block.ulid);
    if (key == "minTime") reader->Number(key, item, &block.min_time_ms);
    if (key == "maxTime") reader->Number(key, item, &block.max_time_ms);
    return true;
  });
  return block;
}

void ReadCompaction(MemberReader* reader, const element& value, BlockCompaction* compaction) {
  reader->Object("compaction", value, &compaction->unknown, [&](std::string_view key, const element& item) {
    if (key == "level") {
      reader->Number(key, item, &compaction->level);
    } else if (key == "sources") {
      reader->List(key, item, [&](const element& one) { reader->Id(key, one, &compaction->sources.emplace_back()); });
    } else if (key == "deletable") {
      reader->Bool(key, item, &compaction->deletable);
    } else if (key == "parents") {
      reader->List(key, item,
                   [&](const element& one) { compaction->parents.push_back(ReadDescription(reader, one)); });
    } else if (key == "failed") {
      reader->Bool(key, item, &compaction->failed);
    } else if (key == "hints") {
      reader->List(key, item, [&](const element& one) { reader->Text(key, one, &compaction->hints.emplace_back()); });
    } else {
      return false;
    }
    return true;
  });
}

ThanosFile ReadThanosFile(MemberReader* reader, const element& value) {
  ThanosFile file;
  reader->Object("files", value, nullptr, [&](std::string_view key, const element& item) {
    if (key == "rel_path") reader->Text(key, item, &file.rel_path);
    if (key == "size_bytes") reader->Number(key, item, &file.size_bytes);
    if (key == "hash") {
      reader->Object(key, item, nullptr, [&](std::string_view part, const element& text) {
        if (part == "hashFunc") reader->Text(part, text, &file.hash_function);
        if (part == "value") reader->Text(part, text, &file.hash);
        return true;
      });
    }
    return true;
  });
  return file;
}

void ReadThanosParts(MemberReader* reader, std::string_view key, const element& item, ThanosMeta* thanos) {
  reader->Object(key, item, nullptr, [&](std::string_view part, const element& value) {
    if (key == "labels") reader->Text(part, value, &thanos->labels[std::string(part)]);
    if (part == "resolution") reader->Number(part, value, &thanos->resolution_ms);
    if (part == "series_max_size") reader->Number(part, value, &thanos->series_max_size);
    if (part == "chunk_max_size") reader->Number(part, value, &thanos->chunk_max_size);
    return true;
  });
}

void ReadThanos(MemberReader* reader, const element& value, ThanosMeta* thanos) {
  reader->Object("thanos", value, &thanos->unknown, [&](std::string_view key, const element& item) {
    if (key == "version") {
      reader->Number(key, item, &thanos->version);
    } else if (key == "labels" || key == "downsample" || key == "index_stats") {
      ReadThanosParts(reader, key, item, thanos);
    } else if (key == "source") {
      reader->Text(key, item, &thanos->source);
    } else if (key == "segment_files") {
      reader->List(key, item, [&](const element& one) { reader->Text(key, one, &thanos->segment_files.emplace_back()); });
    } else if (key == "files") {
      reader->List(key, item, [&](const element& one) { thanos->files.push_back(ReadThanosFile(reader, one)); });
    } else if (key == "rewrites") {
      thanos->rewrites = simdjson::minify(item);
    } else if (key == "extensions") {
      thanos->extensions = simdjson::minify(item);
    } else if (key == "upload_time") {
      reader->Text(key, item, &thanos->upload_time);
    } else {
      return false;
    }
    return true;
  });
}

void ReadBlock(MemberReader* reader, const element& document, BlockMeta* meta) {
  int64_t version = 0;
  reader->Object("block", document, &meta->unknown, [&](std::string_view key, const element& item) {
    if (key == "ulid") {
      reader->Id(key, item, &meta->ulid);
    } else if (key == "minTime") {
      reader->Number(key, item, &meta->min_time_ms);
    } else if (key == "maxTime") {
      reader->Number(key, item, &meta->max_time_ms);
    } else if (key == "stats") {
      ReadStats(reader, item, &meta->stats);
    } else if (key == "compaction") {
      ReadCompaction(reader, item, &meta->compaction);
    } else if (key == "version") {
      reader->Number(key, item, &version);
    } else if (key == "thanos") {
      ReadThanos(reader, item, &meta->thanos.emplace());
    } else {
      return false;
    }
    return true;
  });
  if (version != kMetaVersion) reader->Fail("version", StrCat("unknown version ", version));
  if (meta->ulid.is_zero()) reader->Fail("ulid", "missing");
  if (meta->max_time_ms < meta->min_time_ms) reader->Fail("maxTime", "lies before minTime");
  if (meta->thanos && meta->thanos->version > kMetaVersion) {
    reader->Fail("thanos.version", StrCat("unknown version ", meta->thanos->version));
  }
}

}  // namespace

Result<BlockMeta> BlockMeta::Parse(std::string_view json, std::string_view path) {
  simdjson::dom::parser parser;
  element document;
  const simdjson::error_code error = parser.parse(json.data(), json.size()).get(document);
  if (error != simdjson::SUCCESS) return DataLossError(StrCat(path, ": not JSON: ", simdjson::error_message(error)));
  if (!document.is_object()) return DataLossError(StrCat(path, ": not a JSON object"));
  BlockMeta meta;
  MemberReader reader(path);
  ReadBlock(&reader, document, &meta);
  RETURN_IF_ERROR(reader.status());
  return meta;
}

}  // namespace epi::tsdb
