// Chunks and samples as text, the form of tests/fixtures/chunks/*.txt.
//
//   series <head|compaction>                       how the chunks of the series were cut
//   chunk <encoding number> <samples> <mint> <maxt> <data, hex>
//   <t> <start> <value bits>                       a float
//   <t> <start> stale <sum bits>                   a stale marker of a histogram series
//   <t> <start> <int|float> <hint> <layout> <sum> <count> <zero count> <positive> <negative>
//
// layout is `<schema> <zero threshold> <positive spans> <negative spans> <custom values>`, or `=` for that of the histogram before.
// Floats are their bits in hex; lists are joined by commas, spans by semicolons; an empty list is `-`.
#pragma once

#include <bit>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "common/base/str_cat.h"
#include "common/series/sample.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/chunk_iterator.h"

namespace epi::tsdb {

inline std::string Hex(uint64_t value) {
  char buffer[16];
  return {buffer, std::to_chars(buffer, buffer + sizeof(buffer), value, 16).ptr};
}
inline std::string Hex(double value) { return Hex(std::bit_cast<uint64_t>(value)); }

template <typename List, typename Format>
std::string Join(const List& list, char separator, Format format) {
  std::string out;
  for (const auto& item : list) {
    if (!out.empty()) out += separator;
    out += format(item);
  }
  return out.empty() ? "-" : out;
}

inline std::string JoinSpans(const std::vector<series::Span>& spans) {
  return Join(spans, ';', [](const series::Span& span) { return StrCat(span.offset, ",", span.length); });
}
inline std::string JoinFloats(const std::vector<double>& values) {
  return Join(values, ',', [](double value) { return Hex(value); });
}

template <typename Histogram>
std::string LayoutText(const Histogram& h) {
  return StrCat(h.schema, " ", Hex(h.zero_threshold), " ", JoinSpans(h.positive_spans), " ", JoinSpans(h.negative_spans), " ",
                JoinFloats(h.custom_values));
}

// Writes samples, and remembers the layout for `=`.
class SampleText {
 public:
  std::string Format(int64_t t_ms, int64_t start_ms, double value) {
    last_layout_.clear();
    return StrCat(t_ms, " ", start_ms, " ", Hex(value));
  }
  std::string Format(int64_t t_ms, int64_t start_ms, const series::Histogram& h) {
    const std::string head = StrCat(t_ms, " ", start_ms, " ");
    if (series::IsStaleNan(h.sum)) return StrCat(head, "stale ", Hex(h.sum));
    const auto print = [](int64_t delta) { return StrCat(delta); };
    return StrCat(head, "int ", static_cast<int>(h.counter_reset_hint), " ", Layout(LayoutText(h)), " ", Hex(h.sum), " ", h.count, " ",
                  h.zero_count, " ", Join(h.positive_deltas, ',', print), " ", Join(h.negative_deltas, ',', print));
  }
  std::string Format(int64_t t_ms, int64_t start_ms, const series::FloatHistogram& h) {
    const std::string head = StrCat(t_ms, " ", start_ms, " ");
    if (series::IsStaleNan(h.sum)) return StrCat(head, "stale ", Hex(h.sum));
    return StrCat(head, "float ", static_cast<int>(h.counter_reset_hint), " ", Layout(LayoutText(h)), " ", Hex(h.sum), " ",
                  Hex(h.count), " ", Hex(h.zero_count), " ", JoinFloats(h.positive_buckets), " ", JoinFloats(h.negative_buckets));
  }
  std::string Format(ChunkIterator* it) {
    if (it->kind() == SampleKind::kFloat) return Format(it->t_ms(), it->start_ms(), it->value());
    if (it->kind() == SampleKind::kHistogram) {
      series::Histogram histogram;
      it->CopyTo(&histogram);
      return Format(it->t_ms(), it->start_ms(), histogram);
    }
    series::FloatHistogram histogram;
    it->CopyTo(&histogram);
    return Format(it->t_ms(), it->start_ms(), histogram);
  }

 private:
  std::string Layout(std::string layout) {
    if (layout == last_layout_) return "=";
    return last_layout_ = std::move(layout);
  }
  std::string last_layout_;
};

struct ChunkFixture {
  EncodedChunk chunk;
  std::vector<std::string> samples;
};
struct SeriesFixture {
  std::string policy;
  std::vector<ChunkFixture> chunks;
};

inline std::string FromHex(const std::string& hex) {
  std::string bytes(hex.size() / 2, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    unsigned value = 0;
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, value, 16);
    bytes[i] = static_cast<char>(value);
  }
  return bytes;
}

inline std::vector<SeriesFixture> ReadChunkFixtures(const std::string& path) {
  std::vector<SeriesFixture> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "series") {
      all.emplace_back();
      words >> all.back().policy;
    } else if (first == "chunk") {
      ChunkFixture fixture;
      unsigned encoding = 0;
      std::string hex;
      words >> encoding >> fixture.chunk.sample_count >> fixture.chunk.mint_ms >> fixture.chunk.maxt_ms >> hex;
      fixture.chunk.encoding = static_cast<Encoding>(encoding);
      fixture.chunk.data = FromHex(hex);
      all.back().chunks.push_back(std::move(fixture));
    } else {
      all.back().chunks.back().samples.push_back(line);
    }
  }
  return all;
}

}  // namespace epi::tsdb
