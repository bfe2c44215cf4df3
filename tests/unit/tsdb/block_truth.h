// Reads the truth files beside the block fixtures. Their form: tests/fixtures/blocks/README.md.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "common/base/str_cat.h"
#include "common/labels/matcher.h"
#include "common/series/querier.h"
#include "common/tsdb/chunk.h"
#include "tests/support/catch.h"

namespace epi::tsdb {

inline constexpr char kBlockFixtures[] = "tests/fixtures/blocks";

inline std::string ReadPercent(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

inline labels::Labels ReadTruthLabels(const std::string& text) {
  labels::LabelsBuilder builder;
  std::stringstream pairs(text);
  for (std::string pair; std::getline(pairs, pair, ',');) {
    const size_t equals = pair.find('=');
    builder.Set(ReadPercent(pair.substr(0, equals)), ReadPercent(pair.substr(equals + 1)));
  }
  return builder.Build();
}

struct TruthSeries {
  uint64_t id = 0;
  labels::Labels labels;
  std::vector<ChunkMeta> chunks;
  std::vector<std::string> encodings;
  std::vector<uint32_t> chunk_samples;
  uint64_t samples = 0;
  std::string digest;
};

struct TruthQuery {
  labels::Matchers matchers;
  size_t count = 0;
  bool listed = false;
  std::vector<labels::Labels> series;
};

struct TruthBlock {
  std::string fixture;
  std::string directory;
  std::vector<TruthSeries> series;
};

inline std::vector<TruthSeries> ReadTruthSeries(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::vector<TruthSeries> all;
  for (std::string kind; file >> kind;) {
    if (kind == "S") {
      TruthSeries series;
      std::string labels;
      file >> series.id >> labels;
      series.labels = ReadTruthLabels(labels);
      all.push_back(series);
    } else if (kind == "C") {
      ChunkMeta chunk;
      uint32_t segment = 0;
      uint32_t offset = 0;
      char colon = 0;
      std::string encoding;
      uint32_t samples = 0;
      uint64_t bytes = 0;
      file >> segment >> colon >> offset >> chunk.mint_ms >> chunk.maxt_ms >> encoding >> samples >> bytes;
      chunk.ref = ChunkRef(segment, offset);
      all.back().chunks.push_back(chunk);
      all.back().encodings.push_back(encoding);
      all.back().chunk_samples.push_back(samples);
    } else {
      REQUIRE(kind == "V");
      file >> all.back().samples >> all.back().digest;
    }
  }
  return all;
}

// All fixture blocks, or those of one fixture folder.
inline std::vector<TruthBlock> ReadTruthBlocks(const std::string& only = "") {
  std::vector<TruthBlock> blocks;
  for (const auto& fixture : std::filesystem::directory_iterator(kBlockFixtures)) {
    if (!fixture.is_directory() || (!only.empty() && fixture.path().filename() != only)) continue;
    for (const auto& folder : std::filesystem::directory_iterator(fixture.path())) {
      if (!folder.is_directory()) continue;
      const std::string ulid = folder.path().filename();
      blocks.push_back({fixture.path().filename(), folder.path(),
                        ReadTruthSeries(StrCat(fixture.path().string(), "/series-", ulid, ".txt"))});
    }
  }
  REQUIRE_FALSE(blocks.empty());
  std::sort(blocks.begin(), blocks.end(), [](const auto& a, const auto& b) { return a.directory < b.directory; });
  return blocks;
}

inline std::vector<TruthQuery> ReadTruthQueries(const std::string& fixture) {
  std::ifstream file(StrCat(kBlockFixtures, "/", fixture, "/postings.txt"));
  REQUIRE(file.good());
  std::vector<TruthQuery> queries;
  const std::map<std::string, labels::MatchType> types = {{"=", labels::MatchType::kEqual},
                                                          {"!=", labels::MatchType::kNotEqual},
                                                          {"=~", labels::MatchType::kRegex},
                                                          {"!~", labels::MatchType::kNotRegex}};
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string kind;
    std::string first;
    fields >> kind >> first;
    if (kind == "Q") {
      TruthQuery query;
      query.listed = first != "?";
      fields >> query.count;
      queries.push_back(query);
    } else if (kind == "M") {
      std::string name;
      std::string value;
      fields >> name >> value;
      Result<labels::Matcher> matcher = labels::Matcher::Make(types.at(first), ReadPercent(name), ReadPercent(value));
      REQUIRE(matcher.ok());
      queries.back().matchers.push_back(*matcher);
    } else {
      queries.back().series.push_back(ReadTruthLabels(first));
    }
  }
  REQUIRE_FALSE(queries.empty());
  return queries;
}

inline std::map<std::string, std::vector<std::string>> ReadTruthLabelValues(const std::string& fixture) {
  std::ifstream file(StrCat(kBlockFixtures, "/", fixture, "/labels.txt"));
  REQUIRE(file.good());
  std::map<std::string, std::vector<std::string>> values;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string kind;
    std::string name;
    fields >> kind >> name;
    std::vector<std::string>& list = values[ReadPercent(name)];
    for (std::string value; fields >> value;) list.push_back(ReadPercent(value));
  }
  return values;
}

// FNV-1a over little-endian 64-bit words: per sample its time and the bits of its value, or of a histogram's count and sum.
class SampleDigest {
 public:
  void Add(const series::SampleBatch& batch) {
    for (size_t i = 0; i < batch.size(); ++i) {
      ++samples_;
      Word(static_cast<uint64_t>(batch.times_ms[i]));
      if (!batch.is_histogram()) {
        Word(std::bit_cast<uint64_t>(batch.values[i]));
        continue;
      }
      const bool stale = series::IsStaleNan(batch.histograms[i].sum);
      Word(stale ? 0 : std::bit_cast<uint64_t>(batch.histograms[i].count));
      Word(std::bit_cast<uint64_t>(batch.histograms[i].sum));
    }
  }
  uint64_t samples() const { return samples_; }
  std::string text() const {
    char buffer[17];
    std::snprintf(buffer, sizeof(buffer), "%016llx", static_cast<unsigned long long>(hash_));
    return buffer;
  }

 private:
  void Word(uint64_t word) {
    for (int i = 0; i < 8; ++i, word >>= 8) hash_ = (hash_ ^ (word & 0xff)) * 0x100000001b3ULL;
  }
  uint64_t hash_ = 0xcbf29ce484222325ULL;
  uint64_t samples_ = 0;
};

}  // namespace epi::tsdb
