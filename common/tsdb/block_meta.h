// meta.json of a block: what it covers, where it came from, and what Thanos knows about it. Format: docs/formats/meta.md.
//
// Contract: keys we do not know survive a read and a write, each in its own object. Encode(Parse(x)) has the contents of x.
// Threads:  a value.
// Units:    min_time_ms is the first millisecond, max_time_ms the first one after the block.
// Errors:   DataLoss with the file's name for text that is no meta.json or has another version.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/base/ulid.h"

namespace epi::tsdb {

inline constexpr std::string_view kMetaFileName = "meta.json";
inline constexpr uint64_t kMetaBytesMax = uint64_t{64} << 20;

struct BlockStats {
  uint64_t samples = 0;
  uint64_t float_samples = 0;
  uint64_t histogram_samples = 0;
  uint64_t series = 0;
  uint64_t chunks = 0;
  uint64_t tombstones = 0;
  std::string unknown;
  friend bool operator==(const BlockStats&, const BlockStats&) = default;
};

// A block as its descendants remember it.
struct BlockDescription {
  Ulid ulid;
  int64_t min_time_ms = 0;
  int64_t max_time_ms = 0;
  friend bool operator==(const BlockDescription&, const BlockDescription&) = default;
};

inline constexpr std::string_view kHintOutOfOrder = "from-out-of-order";
inline constexpr std::string_view kHintStaleSeries = "from-stale-series";
inline constexpr std::string_view kHintSelectedSeries = "from-selected-series";

struct BlockCompaction {
  int32_t level = 0;
  std::vector<Ulid> sources;  // Level 1 blocks whose samples are in here.
  bool deletable = false;     // An empty compaction result: this source may go.
  std::vector<BlockDescription> parents;  // Direct inputs.
  bool failed = false;
  std::vector<std::string> hints;
  std::string unknown;

  bool HasHint(std::string_view hint) const;
  friend bool operator==(const BlockCompaction&, const BlockCompaction&) = default;
};

struct ThanosFile {
  std::string rel_path;
  uint64_t size_bytes = 0;
  std::string hash_function;  // "SHA256", or empty for no hash.
  std::string hash;
  friend bool operator==(const ThanosFile&, const ThanosFile&) = default;
};

inline constexpr std::string_view kNeverUploaded = "0001-01-01T00:00:00Z";

struct ThanosMeta {
  int32_t version = 0;  // 0 is read as 1.
  std::map<std::string, std::string> labels;
  int64_t resolution_ms = 0;  // 0 raw.
  std::string source;
  std::vector<std::string> segment_files;
  std::vector<ThanosFile> files;
  std::string rewrites;  // JSON array, or empty.
  int64_t series_max_size = 0;
  int64_t chunk_max_size = 0;
  std::string extensions;  // JSON value, or empty.
  std::string upload_time = std::string(kNeverUploaded);
  std::string unknown;
  friend bool operator==(const ThanosMeta&, const ThanosMeta&) = default;
};

// The `unknown` members are JSON objects of the keys we do not know, or empty.
struct BlockMeta {
  Ulid ulid;
  int64_t min_time_ms = 0;
  int64_t max_time_ms = 0;
  BlockStats stats;
  BlockCompaction compaction;
  std::optional<ThanosMeta> thanos;
  std::string unknown;

  static Result<BlockMeta> Parse(std::string_view json, std::string_view path);
  static Result<BlockMeta> Read(const std::string& block_directory);
  // The file's text, as Prometheus (no thanos section) or Thanos writes it.
  std::string Encode() const;
  friend bool operator==(const BlockMeta&, const BlockMeta&) = default;
};

}  // namespace epi::tsdb
