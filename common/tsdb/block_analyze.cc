#include "common/tsdb/block_analyze.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "common/base/duration.h"
#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/labels/labels.h"

namespace epi::tsdb {
namespace {

constexpr size_t kSeriesPerCheck = 4096;

struct Tally {
  uint64_t series = 0;
  double churn = 0;
};

std::vector<RankedText> Best(std::vector<RankedText> all, size_t limit) {
  const size_t kept = std::min(limit, all.size());
  const auto before = [](const RankedText& a, const RankedText& b) {
    return a.amount != b.amount ? a.amount > b.amount : a.text < b.text;
  };
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(), before);
  all.resize(kept);
  return all;
}

class Analyzer {
 public:
  Analyzer(const Context& ctx, const Block& block, size_t limit) : ctx_(ctx), block_(block), limit_(limit) {}

  Result<BlockAnalysis> Run() {
    RETURN_IF_ERROR(CountSeries());
    RETURN_IF_ERROR(RankPairs());
    RankNames();
    return std::move(analysis_);
  }

 private:
  double ChurnOf(const SeriesEntry& entry) const {
    if (entry.chunks.empty()) return 0;
    const auto all = static_cast<double>(block_.meta().max_time_ms - block_.meta().min_time_ms);
    const auto covered = static_cast<double>(entry.chunks.back().maxt_ms - entry.chunks.front().mint_ms);
    return all > 0 ? std::clamp(1 - covered / all, 0.0, 1.0) : 0;
  }

  Status CountSeries() {
    const PostingsList all = TRY(block_.index().AllPostings());
    SeriesEntry entry;
    for (size_t i = 0; i < all.count(); ++i) {
      if (i % kSeriesPerCheck == 0) RETURN_IF_ERROR(ctx_.Check());
      RETURN_IF_ERROR(block_.index().Series(all[i], &entry));
      ++analysis_.series;
      analysis_.postings_entries += entry.labels.size();
      const double churn = ChurnOf(entry);
      for (const LabelSymbols& label : entry.labels) {
        Tally& tally = pairs_[uint64_t{label.name} << 32 | label.value];
        ++tally.series;
        tally.churn += churn;
        churn_by_name_[label.name] += churn;
      }
    }
    analysis_.label_pairs = pairs_.size();
    return OkStatus();
  }

  Result<std::string> Symbol(uint64_t reference) const {
    return std::string(TRY(block_.index().symbols().Get(static_cast<uint32_t>(reference))));
  }

  Status RankPairs() {
    std::vector<RankedText> churning;
    std::vector<RankedText> common;
    for (const auto& [pair, tally] : pairs_) {
      const std::string name = TRY(Symbol(pair >> 32));
      const std::string value = TRY(Symbol(pair & UINT32_MAX));
      churning.push_back({StrCat(name, "=", value), tally.churn});
      common.push_back({StrCat(name, "=", value), static_cast<double>(tally.series)});
      if (name == labels::kMetricName) analysis_.cardinal_metrics.push_back({value, static_cast<double>(tally.series)});
    }
    std::vector<RankedText> churning_names;
    for (const auto& [name, churn] : churn_by_name_) churning_names.push_back({TRY(Symbol(name)), churn});
    analysis_.churning_pairs = Best(std::move(churning), limit_);
    analysis_.common_pairs = Best(std::move(common), limit_);
    analysis_.cardinal_metrics = Best(std::move(analysis_.cardinal_metrics), limit_);
    analysis_.churning_names = Best(std::move(churning_names), limit_);
    return OkStatus();
  }

  void RankNames() {
    std::vector<RankedText> longest;
    std::vector<RankedText> cardinal;
    for (const PostingsTable::Name& name : block_.index().postings_table().names()) {
      if (name.text.empty()) continue;
      ++analysis_.label_names;
      uint64_t bytes = 0;
      PostingsTable::ValueCursor values = block_.index().postings_table().Values(name.text);
      while (values.Next()) bytes += values.value().size();
      longest.push_back({std::string(name.text), static_cast<double>(bytes)});
      cardinal.push_back({std::string(name.text), static_cast<double>(name.values)});
    }
    analysis_.longest_names = Best(std::move(longest), limit_);
    analysis_.cardinal_names = Best(std::move(cardinal), limit_);
  }

  const Context& ctx_;
  const Block& block_;
  const size_t limit_;
  std::unordered_map<uint64_t, Tally> pairs_;  // By name and value symbol.
  std::unordered_map<uint32_t, double> churn_by_name_;
  BlockAnalysis analysis_;
};

void AppendRanking(std::string_view title, const std::vector<RankedText>& ranking, std::string* out) {
  StrAppend(out, "\n", title, ":\n");
  for (const RankedText& entry : ranking) {
    AppendFloatF(out, static_cast<double>(static_cast<int64_t>(entry.amount * 100)) / 100);
    StrAppend(out, " ", entry.text, "\n");
  }
}

}  // namespace

Result<BlockAnalysis> AnalyzeBlock(const Context& ctx, const Block& block, size_t limit) {
  return Analyzer(ctx, block, limit).Run();
}

std::string FormatAnalysis(const Block& block, const BlockAnalysis& analysis) {
  const BlockMeta& meta = block.meta();
  std::string out = StrCat("Block ID: ", meta.ulid.ToString(), "\n");
  StrAppend(&out, "Duration: ", FormatDuration(std::chrono::milliseconds(meta.max_time_ms - meta.min_time_ms)), "\n");
  StrAppend(&out, "Total Series: ", analysis.series, "\n");
  StrAppend(&out, "Label names: ", analysis.label_names, "\n");
  StrAppend(&out, "Postings (unique label pairs): ", analysis.label_pairs, "\n");
  StrAppend(&out, "Postings entries (total label pairs): ", analysis.postings_entries, "\n");
  AppendRanking("Label pairs most involved in churning", analysis.churning_pairs, &out);
  AppendRanking("Label names most involved in churning", analysis.churning_names, &out);
  AppendRanking("Most common label pairs", analysis.common_pairs, &out);
  AppendRanking("Label names with highest cumulative label value length", analysis.longest_names, &out);
  AppendRanking("Highest cardinality labels", analysis.cardinal_names, &out);
  AppendRanking("Highest cardinality metric names", analysis.cardinal_metrics, &out);
  return out;
}

}  // namespace epi::tsdb
