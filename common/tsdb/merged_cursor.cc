#include "common/tsdb/merged_cursor.h"

#include <algorithm>

#include "common/tsdb/sample_columns.h"

namespace epi::tsdb {
namespace {

constexpr size_t kSamplesPerBatch = 256;

class MergedCursor final : public series::SampleCursor {
 public:
  explicit MergedCursor(std::vector<std::unique_ptr<series::SampleCursor>> cursors) {
    for (auto& cursor : cursors) inputs_.push_back({std::move(cursor)});
  }

  Result<const series::SampleBatch*> Next() override {
    columns_.Clear();
    while (columns_.size() < kSamplesPerBatch) {
      Input* first = TRY(Earliest());
      if (first == nullptr) break;
      if (!columns_.empty() && columns_.is_histogram() != first->batch->is_histogram()) break;
      columns_.Append(*first->batch, first->position);
      RETURN_IF_ERROR(Pass(first->time_ms()));
    }
    return columns_.Batch();
  }

  void SkipTo(int64_t t_ms) override {
    for (Input& input : inputs_) input.cursor->SkipTo(t_ms);
  }

 private:
  struct Input {
    std::unique_ptr<series::SampleCursor> cursor;
    const series::SampleBatch* batch = nullptr;
    size_t position = 0;
    bool begun = false;
    int64_t time_ms() const { return batch->times_ms[position]; }
  };

  static Status Load(Input* input) {
    input->batch = TRY(input->cursor->Next());
    input->position = 0;
    input->begun = true;
    return OkStatus();
  }

  Result<Input*> Earliest() {
    Input* first = nullptr;
    for (Input& input : inputs_) {
      if (!input.begun) RETURN_IF_ERROR(Load(&input));
      if (input.batch != nullptr && (first == nullptr || input.time_ms() < first->time_ms())) first = &input;
    }
    return first;
  }

  // Steps over every sample at this time.
  Status Pass(int64_t t_ms) {
    for (Input& input : inputs_) {
      if (input.batch == nullptr || input.time_ms() != t_ms) continue;
      if (++input.position == input.batch->size()) RETURN_IF_ERROR(Load(&input));
    }
    return OkStatus();
  }

  std::vector<Input> inputs_;
  SampleColumns columns_;
};

}  // namespace

std::unique_ptr<series::SampleCursor> MakeMergedCursor(std::vector<std::unique_ptr<series::SampleCursor>> cursors) {
  if (cursors.size() == 1) return std::move(cursors[0]);
  return std::make_unique<MergedCursor>(std::move(cursors));
}

}  // namespace epi::tsdb
