#include "common/promqltest/runner.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "common/base/str_cat.h"
#include "common/promqltest/classic_to_nhcb.h"
#include "common/promqltest/compare.h"
#include "common/promqltest/pin_times.h"

namespace epi::promqltest {
namespace {

constexpr int64_t kMinuteMs = 60'000;

// Expressions that ask for the query's own times mean something else in a range query.
bool AsksForQueryTimes(std::string_view expr) {
  for (const std::string_view call : {"start()", "end()", "range()", "step()"}) {
    if (expr.find(call) != std::string_view::npos) return true;
  }
  return false;
}

class ScriptRunner {
 public:
  explicit ScriptRunner(Evaluator* evaluator) : evaluator_(evaluator), storage_(std::make_unique<series::MemoryStorage>()) {}

  ScriptResult Run(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      if (std::holds_alternative<ClearCommand>(command)) {
        storage_ = std::make_unique<series::MemoryStorage>();
      } else if (const auto* load = std::get_if<LoadCommand>(&command)) {
        const Status status = Load(*load);
        if (!status.ok()) result_.failures.push_back({load->line, "load", std::string(status.message())});
      } else {
        Count(std::get<EvalCommand>(command));
      }
    }
    return std::move(result_);
  }

 private:
  Status Load(const LoadCommand& load) {
    RETURN_IF_ERROR(Store(load.series));
    if (!load.with_nhcb) return OkStatus();
    return Store(TRY(ClassicToNhcb(load.series)));
  }

  Status Store(const std::vector<LoadCommand::Series>& all) {
    for (const LoadCommand::Series& series : all) RETURN_IF_ERROR(storage_->Append(series.labels, series.samples));
    return OkStatus();
  }

  void Count(const EvalCommand& eval) {
    ++result_.total;
    const Status status = eval.is_range ? RunRange(eval) : RunInstant(eval);
    if (status.ok()) {
      ++result_.passed;
    } else {
      result_.failures.push_back({eval.line, eval.expr, std::string(status.message())});
    }
  }

  Status RunRange(const EvalCommand& eval) {
    const auto answer = evaluator_->Range(*storage_, eval.expr, eval.start_ms, eval.end_ms, eval.step_ms);
    return CheckAnswer(eval, eval.expr, answer);
  }

  Status RunInstant(const EvalCommand& eval) {
    RETURN_IF_ERROR(RunInstantAt(eval, eval.expr, eval.time_ms));
    const std::optional<std::string> pinned = TRY(PinTimes(eval.expr, eval.time_ms));
    if (!pinned.has_value()) return OkStatus();
    const int64_t t_ms = eval.time_ms;
    std::vector<int64_t> times_ms = {-10 * t_ms, 0, t_ms / 5, t_ms, 10 * t_ms};
    if (t_ms == 0) times_ms = {-1000, 0, 1000};
    for (const int64_t other_ms : times_ms) RETURN_IF_ERROR(RunInstantAt(eval, *pinned, other_ms));
    return OkStatus();
  }

  Status RunInstantAt(const EvalCommand& eval, const std::string& expr, int64_t time_ms) {
    const auto where = [&](const Status& status) { return status.WithContext(StrCat(expr, " at ", time_ms, " ms")); };
    const Result<Answer> answer = evaluator_->Instant(*storage_, expr, time_ms);
    RETURN_IF_ERROR(where(CheckAnswer(eval, expr, answer)));
    if (!answer.ok() || eval.string.has_value() || eval.expect_range_vector || AsksForQueryTimes(expr)) return OkStatus();
    return where(RunAsRange(eval, expr, time_ms, promql::TypeOf(answer->value))).WithContext("in a range query");
  }

  // The same in a range query of three steps, whose middle step is compared.
  Status RunAsRange(const EvalCommand& eval, const std::string& expr, int64_t time_ms, promql::ValueType type) {
    const Answer answer = TRY(evaluator_->Range(*storage_, expr, time_ms - kMinuteMs, time_ms + kMinuteMs, kMinuteMs));
    if (eval.ordered) return OkStatus();
    const auto* matrix = std::get_if<promql::Matrix>(&answer.value);
    if (matrix == nullptr) return FailedPreconditionError("range query did not answer with a matrix");
    RETURN_IF_ERROR(CheckSorted(*matrix));
    promql::Vector vector = StepOf(*matrix, time_ms);
    if (type != promql::ValueType::kScalar) return CompareValue(eval, std::move(vector));
    if (vector.empty()) return FailedPreconditionError("range query of a scalar has no points");
    return CompareValue(eval, promql::Scalar{time_ms, vector.front().value});
  }

  static promql::Vector StepOf(const promql::Matrix& matrix, int64_t time_ms) {
    promql::Vector vector;
    for (const promql::MatrixSeries& series : matrix) {
      for (const promql::FloatPoint& point : series.floats) {
        if (point.t_ms == time_ms) vector.push_back({series.labels, time_ms, point.value, nullptr});
      }
      for (const promql::HistogramPoint& point : series.histograms) {
        if (point.t_ms == time_ms) vector.push_back({series.labels, time_ms, 0, point.histogram});
      }
    }
    return vector;
  }

  static Status CheckAnswer(const EvalCommand& eval, const std::string& expr, const Result<Answer>& answer) {
    if (!answer.ok()) {
      if (!eval.fail.has_value()) return answer.status();
      if (eval.fail->Matches(answer.status().message())) return OkStatus();
      return FailedPreconditionError(StrCat("expected an error with ", eval.fail->ToString(), ", got: ", answer.status().message()));
    }
    if (eval.fail.has_value()) return FailedPreconditionError("expected an error, got none");
    RETURN_IF_ERROR(CompareAnnotations(eval, answer->annotations.Strings(expr, 0)));
    return CompareValue(eval, answer->value);
  }

  Evaluator* const evaluator_;
  std::unique_ptr<series::MemoryStorage> storage_;
  ScriptResult result_;
};

}  // namespace

Result<ScriptResult> RunScript(std::string_view text, Evaluator* evaluator) {
  return ScriptRunner(evaluator).Run(TRY(ParseScript(text)));
}

}  // namespace epi::promqltest
