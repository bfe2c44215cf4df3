#include "common/tsdb/block_dump.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/tsdb/block_series.h"
#include "common/tsdb/histogram_text.h"

namespace epi::tsdb {
namespace {

// Which stretches of a series' time are integer histograms: batches only have float ones, but the text differs.
class IntegerTimes {
 public:
  Status Load(const std::vector<SelectedSeries>& parts) {
    chunks_.clear();
    for (const SelectedSeries& part : parts) {
      for (const ChunkMeta& chunk : part.chunks) {
        const ChunkData data = TRY(part.block->chunks().Read(chunk.ref));
        if (KindOf(data.encoding) == SampleKind::kHistogram) chunks_.push_back({chunk.mint_ms, chunk.maxt_ms});
      }
    }
    return OkStatus();
  }
  bool Contain(int64_t t_ms) const { return std::any_of(chunks_.begin(), chunks_.end(), [&](const Interval& chunk) {
    return chunk.mint_ms <= t_ms && t_ms <= chunk.maxt_ms;
  }); }

 private:
  std::vector<Interval> chunks_;
};

class Dumper {
 public:
  Dumper(const DumpRequest& request, const DumpSink& sink) : request_(request), sink_(sink) {}

  Status AddSeries(const series::Series& series) {
    RETURN_IF_ERROR(integer_times_.Load(PartsOf(series)));
    prefix_ = request_.format == DumpFormat::kText
                  ? series.labels().ToString()
                  : StrCat(series.labels().metric_name(), series.labels().WithoutMetricName().ToString());
    cursor_ = TRY(series.Samples(std::move(cursor_)));
    for (;;) {
      const series::SampleBatch* batch = TRY(cursor_->Next());
      if (batch == nullptr) return OkStatus();
      RETURN_IF_ERROR(AddBatch(*batch));
    }
  }

  Status Finish() {
    if (request_.format == DumpFormat::kOpenMetrics) out_ += "# EOF\n";
    return sink_(out_);
  }

 private:
  Status AddBatch(const series::SampleBatch& batch) {
    // OpenMetrics has no native histograms.
    if (batch.is_histogram() && request_.format == DumpFormat::kOpenMetrics) return OkStatus();
    for (size_t i = 0; i < batch.size(); ++i) {
      const int64_t t_ms = batch.times_ms[i];
      if (t_ms < request_.mint_ms || t_ms > request_.maxt_ms) continue;
      StrAppend(&out_, prefix_, " ");
      if (batch.is_histogram()) {
        const bool integer = integer_times_.Contain(t_ms);
        AppendHistogramText(batch.histograms[i], integer ? CountText::kInteger : CountText::kFloat, &out_);
      } else {
        AppendFloatG(&out_, batch.values[i]);
      }
      AppendTime(t_ms);
      if (out_.size() < kDumpPieceBytes) continue;
      RETURN_IF_ERROR(sink_(out_));
      out_.clear();
    }
    return OkStatus();
  }

  void AppendTime(int64_t t_ms) {
    if (request_.format == DumpFormat::kText) {
      StrAppend(&out_, " ", t_ms, "\n");
      return;
    }
    char buffer[40];
    const int size = std::snprintf(buffer, sizeof(buffer), " %.3f\n", static_cast<double>(t_ms) / 1000);
    out_.append(buffer, static_cast<size_t>(size));
  }

  const DumpRequest& request_;
  const DumpSink& sink_;
  IntegerTimes integer_times_;
  std::unique_ptr<series::SampleCursor> cursor_;
  std::string prefix_;
  std::string out_;
};

}  // namespace

Status DumpBlocks(const Context& ctx, const BlockQuerier& blocks, const DumpRequest& request, const DumpSink& sink) {
  series::SelectRequest select;
  select.mint_ms = request.mint_ms;
  select.maxt_ms = request.maxt_ms;
  select.matchers = request.matchers;
  const std::unique_ptr<series::SeriesSet> set = TRY(blocks.Select(ctx, select));
  Dumper dumper(request, sink);
  for (;;) {
    const std::unique_ptr<series::Series> series = TRY(set->Next());
    if (series == nullptr) return dumper.Finish();
    RETURN_IF_ERROR(dumper.AddSeries(*series));
  }
}

}  // namespace epi::tsdb
