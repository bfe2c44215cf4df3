#include "common/api/query_log.h"

#include <variant>

namespace epi::api {
namespace {

struct SeriesCount {
  size_t operator()(const promql::Scalar&) const { return 1; }
  size_t operator()(const promql::String&) const { return 1; }
  size_t operator()(const promql::Vector& vector) const { return vector.size(); }
  size_t operator()(const promql::Matrix& matrix) const { return matrix.size(); }
  size_t operator()(const promql::ColumnMatrix& matrix) const { return matrix.series.size(); }
};

double Seconds(std::chrono::nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

void QueryLog::Record(const QueryRequest& request, const QueryOrigin& origin, const QueryTimes& times, const promql::QueryResult* result,
                      const Status& error) const {
  const auto total = times.queued + times.evaluated;
  if (slow.count() == 0 || total < slow) return;
  const promql::QueryStats stats = result == nullptr ? promql::QueryStats() : result->stats;
  const size_t series = result == nullptr ? 0 : std::visit(SeriesCount{}, result->value);
  logger.Warn("slow query", {{"query", request.query},
                             {"start_ms", request.start_ms},
                             {"end_ms", request.end_ms},
                             {"step_ms", request.step_ms},
                             {"duration_seconds", Seconds(total)},
                             {"queued_seconds", Seconds(times.queued)},
                             {"samples", stats.samples_total},
                             {"peak_samples", stats.samples_peak},
                             {"series", series},
                             {"status", error.ok() ? std::string_view("success") : ClassifyError(error).type},
                             {"err", error},
                             {"client", origin.peer_address},
                             {"dashboard", origin.dashboard},
                             {"panel", origin.panel}});
}

}  // namespace epi::api
