#include "agent/sidecar/prometheus_monitor.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "common/base/clock.h"
#include "common/base/str_cat.h"
#include "common/runtime/cancellable_wait.h"
#include "common/storeapi/wire_info.h"

namespace epi::agent {
namespace {

// Longest wait between two looks at a Prometheus that is down: it may be back any moment.
constexpr std::chrono::milliseconds kDownPauseMax = std::chrono::seconds(5);

}  // namespace

PrometheusMonitor::PrometheusMonitor(const PrometheusClient* client, PrometheusMonitorOptions options, log::Logger logger,
                                     metrics::Registry* registry)
    : client_(client),
      options_(options),
      logger_(std::move(logger)),
      up_(registry->AddGauge("thanos_sidecar_prometheus_up", "1 while Prometheus answers, else 0.")),
      last_heartbeat_(registry->AddGauge("thanos_sidecar_last_heartbeat_success_time_seconds",
                                         "When Prometheus last answered, in Unix seconds.")),
      state_(std::make_shared<PrometheusState>()) {
  MarkDown(UnavailableError("Prometheus was not reached yet"));
}

std::shared_ptr<const PrometheusState> PrometheusMonitor::Snapshot() const {
  MutexLock lock(&mutex_);
  return state_;
}

void PrometheusMonitor::Publish(PrometheusState state) {
  auto next = std::make_shared<const PrometheusState>(std::move(state));
  MutexLock lock(&mutex_);
  state_ = std::move(next);
}

void PrometheusMonitor::MarkDown(const Status& why) {
  PrometheusState state = *Snapshot();
  state.up = false;
  state.why_down = std::string(why.message());
  up_->Set(0);
  Publish(std::move(state));
}

void PrometheusMonitor::NoteCollision() {
  PrometheusState state = *Snapshot();
  state.labels_collide = true;
  Publish(std::move(state));
}

Result<bool> PrometheusMonitor::AnyCollision(const Context& ctx, const labels::Labels& external) const {
  MetadataQuery query;
  query.maxt_ms = Clock::System().NowMs() + std::chrono::milliseconds(std::chrono::hours(24)).count();
  query.limit = 1;
  for (const labels::Label label : external) {
    const MetadataAnswer answer = TRY(client_->LabelValues(ctx, std::string(label.name), query));
    for (const std::string& value : answer.values) {
      if (value != label.value) return true;
    }
  }
  return false;
}

Result<PrometheusState> PrometheusMonitor::Ask(const Context& ctx) const {
  const Context request = ctx.WithTimeout(options_.request_timeout);
  PrometheusState state;
  const int64_t ahead_ms = TRY(client_->ReadyClockAheadMs(request));
  if (std::abs(ahead_ms) > storeapi::kClockAheadMaxMs) state.clock_ahead_ms = ahead_ms;
  state.external_labels = TRY(client_->ExternalLabels(request));
  if (state.external_labels.empty()) {
    return FailedPreconditionError(
        StrCat("no external labels configured on Prometheus ", client_->display_url(),
               "; global.external_labels must name this server uniquely, for example {cluster: eu1, replica: 0}"));
  }
  state.version = TRY(client_->Version(request));
  state.labels_collide = TRY(AnyCollision(request, state.external_labels));
  // An empty or old Prometheus has no lowest time: then nothing is known to be out of reach.
  const auto lowest = client_->LowestTimeMs(request);
  state.mint_ms = std::max(options_.mint_ms, lowest.ok() ? *lowest : options_.mint_ms);
  state.up = true;
  return state;
}

Status PrometheusMonitor::Refresh(const Context& ctx) {
  auto state = Ask(ctx);
  const auto before = Snapshot();
  if (!state.ok()) {
    if (before->up) logger_.Warn("heartbeat failed; Prometheus is taken as down", {{"err", state.status()}});
    MarkDown(state.status());
    return state.status();
  }
  up_->Set(1);
  last_heartbeat_->Set(static_cast<double>(Clock::System().NowMs()) / 1000);
  if (!before->up || before->external_labels != state->external_labels) {
    logger_.Info("external labels read",
                 {{"external_labels", state->external_labels.ToString()}});
  }
  if (state->clock_ahead_ms != 0 && before->clock_ahead_ms == 0) {
    logger_.Warn("Prometheus' clock does not agree with ours", {{"url", client_->display_url()}, {"ahead_ms", state->clock_ahead_ms}});
  }
  Publish(*std::move(state));
  return OkStatus();
}

Status PrometheusMonitor::WaitUntilKnown(const Context& ctx) {
  const Context limited = ctx.WithTimeout(options_.ready_timeout);
  auto pause = options_.retry;
  std::string last_reason;
  for (;;) {
    const Status status = Refresh(limited);
    if (status.ok() || status.code() == StatusCode::kFailedPrecondition) return status;
    RETURN_IF_ERROR(ctx.Check());
    if (limited.Done()) {
      return DeadlineExceededError(StrCat("Prometheus was not ready within ", options_.ready_timeout.count(), " ms: ",
                                          last_reason.empty() ? status.message() : last_reason));
    }
    if (last_reason != status.message()) {
      last_reason = std::string(status.message());
      logger_.Warn("Prometheus does not tell its external labels yet; asking again", {{"err", last_reason}});
    }
    runtime::CancellableWait(limited, pause);
    pause = std::min(pause * 2, options_.interval);
  }
}

void PrometheusMonitor::WatchOnce(const Context& ctx) {
  runtime::CancellableWait(ctx, pause_.count() == 0 ? options_.interval : pause_);
  if (ctx.Done()) return;
  if (Refresh(ctx).ok()) {
    pause_ = std::chrono::milliseconds(0);
  } else {
    pause_ = std::min({std::max(pause_ * 2, options_.retry), options_.interval, kDownPauseMax});
  }
}

}  // namespace epi::agent
