#include "common/tsdb/index_verify.h"

#include <xxhash.h>

#include "common/base/str_cat.h"

namespace epi::tsdb {
namespace {

constexpr uint32_t kItemsPerCheck = 1024;
constexpr uint64_t kGiveBackBytes = 8 << 20;

uint64_t HashOf(const labels::Label& label) {
  return XXH64(label.value.data(), label.value.size(), XXH64(label.name.data(), label.name.size(), 0));
}

// A sum that does not depend on order: equal for equal multisets of (label, series).
class MembershipSum {
 public:
  void Add(uint64_t label_hash, SeriesId id) {
    uint64_t mixed = (label_hash ^ id) * 0x9E3779B97F4A7C15ULL;
    mixed = (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9ULL;
    sum_ += mixed ^ (mixed >> 32);
    ++count_;
  }
  friend bool operator==(const MembershipSum&, const MembershipSum&) = default;

 private:
  uint64_t sum_ = 0;
  uint64_t count_ = 0;
};

class IndexVerifier {
 public:
  IndexVerifier(const Context& ctx, const IndexReader& index, const EachSeries& each_series, BlockVerification* out)
      : ctx_(ctx), index_(index), each_series_(each_series), out_(out) {}

  Status Run() {
    const Result<PostingsList> all = index_.AllPostings();
    if (!all.ok()) {
      Problem(all.status());
      return OkStatus();
    }
    RETURN_IF_ERROR(WalkSeries(*all));
    RETURN_IF_ERROR(WalkPostings());
    if (!(by_series_ == by_postings_)) {
      out_->AddProblem(StrCat(index_.path(), ": postings do not name each series once under each of its labels"));
    }
    return OkStatus();
  }

 private:
  void Problem(const Status& status) { out_->AddProblem(std::string(status.message())); }
  void BadSeries(SeriesId id, std::string_view what) { Problem(index_.BadSeries(id, what)); }
  Status SkipSeries(SeriesId id, std::string_view what) {
    BadSeries(id, what);
    return OkStatus();
  }

  Status WalkSeries(PostingsList all) {
    SeriesEntry entry;
    uint64_t end = index_.toc().series;
    for (size_t i = 0; i < all.count(); ++i) {
      if (i % kItemsPerCheck == 0) RETURN_IF_ERROR(ctx_.Check());
      const SeriesId id = all[i];
      const uint64_t begin = index_.SeriesOffset(id);
      // Entries stand one after the other, apart from zero bytes up to the alignment.
      if (begin < end || begin >= end + kSeriesAlignment) {
        BadSeries(id, StrCat("the list of all series names this one where the section goes on at offset ", end));
      }
      const Status read = index_.Series(id, &entry);
      if (!read.ok()) {
        Problem(read);
        end = begin + 1;
        continue;
      }
      end = index_.SeriesEnd(id);
      GiveBack(end - begin);
      RETURN_IF_ERROR(VerifySeries(id, entry));
    }
    if (index_.toc().label_indices >= end + kSeriesAlignment) {
      out_->AddProblem(StrCat(index_.path(), ": series at offset ", end, ": not in the list of all series"));
    }
    return OkStatus();
  }

  Status VerifySeries(SeriesId id, const SeriesEntry& entry) {
    std::vector<labels::Label> views;
    for (const LabelSymbols& symbols : entry.labels) {
      const Result<std::string_view> name = index_.symbols().Get(symbols.name);
      const Result<std::string_view> value = index_.symbols().Get(symbols.value);
      if (!name.ok() || !value.ok()) return SkipSeries(id, "refers to a symbol that is not there");
      if (name->empty() || value->empty()) return SkipSeries(id, "has an empty label name or value");
      if (!views.empty() && views.back().name >= *name) return SkipSeries(id, "has label names out of order");
      if (std::max(name->size(), value->size()) > labels::kLabelBytesMax) return SkipSeries(id, "has a label above 16 MiB");
      views.push_back({*name, *value});
      by_series_.Add(HashOf(views.back()), id);
    }
    if (views.empty()) return SkipSeries(id, "has no labels");
    labels::Labels series = labels::Labels::FromSorted(views);
    if (any_ && labels::Labels::Compare(last_, series) >= 0) BadSeries(id, "is out of label order");
    RETURN_IF_ERROR(each_series_(series, entry));
    last_ = std::move(series);
    any_ = true;
    return OkStatus();
  }

  Status WalkPostings() {
    for (const PostingsTable::Name& name : index_.postings_table().names()) {
      PostingsTable::ValueCursor values = index_.postings_table().Values(name.text);
      while (values.Next()) {
        if (lists_++ % kItemsPerCheck == 0) RETURN_IF_ERROR(ctx_.Check());
        const Result<PostingsList> list = index_.PostingsAt(values.list_offset());
        if (!list.ok()) {
          Problem(list.status());
          continue;
        }
        VerifyList({name.text, values.value()}, *list);
        GiveBack(list->count() * sizeof(SeriesId));
      }
    }
    return OkStatus();
  }

  void GiveBack(uint64_t bytes_read) {
    bytes_read_ += bytes_read;
    if (bytes_read_ < kGiveBackBytes) return;
    index_.Forget();
    bytes_read_ = 0;
  }

  void VerifyList(const labels::Label& label, PostingsList list) {
    const bool is_all = label.name.empty() && label.value.empty();
    const uint64_t hash = HashOf(label);
    for (size_t i = 0; i < list.count(); ++i) {
      if (i > 0 && list[i] <= list[i - 1]) {
        out_->AddProblem(StrCat(index_.path(), ": postings of ", label.name, "=", label.value, " are out of order"));
        return;
      }
      if (!is_all) by_postings_.Add(hash, list[i]);
    }
  }

  const Context& ctx_;
  const IndexReader& index_;
  const EachSeries& each_series_;
  BlockVerification* const out_;
  bool any_ = false;
  labels::Labels last_;
  uint64_t lists_ = 0;
  uint64_t bytes_read_ = 0;  // Since pages were given back.
  MembershipSum by_series_;
  MembershipSum by_postings_;
};

}  // namespace

Status VerifyIndex(const Context& ctx, const IndexReader& index, const EachSeries& each_series, BlockVerification* out) {
  return IndexVerifier(ctx, index, each_series, out).Run();
}

}  // namespace epi::tsdb
