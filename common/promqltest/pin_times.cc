#include "common/promqltest/pin_times.h"

#include <algorithm>
#include <iterator>

#include "common/promql/parse.h"
#include "common/promql/print.h"

namespace epi::promqltest {
namespace {

constexpr std::string_view kTimeDependent[] = {
    "days_in_month",  "day_of_month", "day_of_week", "day_of_year", "end",  "hour",      "minute", "month",
    "predict_linear", "range",        "start",       "step",        "time", "timestamp", "year"};

class Pinner {
 public:
  explicit Pinner(int64_t time_ms) : time_ms_(time_ms) {}

  bool time_dependent() const { return time_dependent_; }

  void Pin(promql::Expr* expr) {
    if (auto* selector = promql::As<promql::VectorSelector>(expr)) return PinTime(&selector->time);
    if (auto* matrix = promql::As<promql::MatrixSelector>(expr)) return PinTime(&matrix->selector->time);
    if (auto* subquery = promql::As<promql::SubqueryExpr>(expr)) return PinTime(&subquery->time);
    if (const auto* call = promql::As<promql::Call>(expr)) {
      const auto* found = std::find(std::begin(kTimeDependent), std::end(kTimeDependent), call->function->name);
      time_dependent_ |= found != std::end(kTimeDependent);
    }
    promql::ForEachChildPtr(*expr, [this](promql::ExprPtr& child) { Pin(child.get()); });
  }

 private:
  // start() and end() are the evaluation time in an instant query. A pinned subquery pins everything inside, too.
  void PinTime(promql::TimeModifiers* time) const {
    if (time->at == promql::AtKind::kTimestamp) return;
    time->at = promql::AtKind::kTimestamp;
    time->at_ms = time_ms_;
  }

  const int64_t time_ms_;
  bool time_dependent_ = false;
};

}  // namespace

Result<std::optional<std::string>> PinTimes(const std::string& query, int64_t time_ms) {
  promql::ExprPtr expr = TRY(promql::ParseExpr(query, promql::Features::All()));
  Pinner pinner(time_ms);
  pinner.Pin(expr.get());
  if (pinner.time_dependent()) return std::optional<std::string>();
  return std::optional<std::string>(promql::Print(*expr));
}

}  // namespace epi::promqltest
