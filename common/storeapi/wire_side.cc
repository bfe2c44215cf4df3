#include "common/storeapi/wire_side.h"

#include <utility>

#include "common/storeapi/wire_labels.h"
#include "proto/exemplars.pb.h"
#include "proto/metadata.pb.h"
#include "proto/targets.pb.h"

namespace epi::storeapi {
namespace {

thanos::PartialResponseStrategy Strategy(bool partial_response) { return partial_response ? thanos::WARN : thanos::ABORT; }

void Fill(const TargetState& target, thanos::ActiveTarget* out) {
  FillLabels(target.discovered, out->mutable_discoveredlabels());
  FillLabels(target.labels, out->mutable_labels());
  out->set_scrapepool(target.scrape_pool);
  out->set_scrapeurl(target.scrape_url);
  out->set_globalurl(target.global_url);
  out->set_lasterror(target.last_error);
  FillTime(target.last_scrape_ms, out->mutable_lastscrape());
  out->set_lastscrapeduration(target.last_scrape_seconds);
  out->set_health(target.health == "up" ? thanos::UP : target.health == "down" ? thanos::DOWN : thanos::HEALTH_UNKNOWN);
}

Result<TargetState> TargetOf(const thanos::ActiveTarget& message) {
  TargetState target{.discovered = TRY(LabelsOf(message.discoveredlabels())), .labels = TRY(LabelsOf(message.labels()))};
  target.scrape_pool = message.scrapepool();
  target.scrape_url = message.scrapeurl();
  target.global_url = message.globalurl();
  target.last_error = message.lasterror();
  target.last_scrape_ms = TimeOf(message.lastscrape());
  target.last_scrape_seconds = message.lastscrapeduration();
  target.health = message.health() == thanos::UP ? "up" : message.health() == thanos::DOWN ? "down" : "unknown";
  return target;
}

}  // namespace

std::string SerializeRequest(const TargetsRequest& request) {
  thanos::TargetsRequest message;
  message.set_state(static_cast<thanos::TargetsRequest::State>(request.kind));
  message.set_partial_response_strategy(Strategy(request.partial_response));
  return message.SerializeAsString();
}

Status ParseRequest(std::string_view bytes, TargetsRequest* out) {
  const auto message = TRY(ParseMessage<thanos::TargetsRequest>(bytes));
  const int state = message.state();
  out->kind = state == thanos::TargetsRequest::ACTIVE    ? TargetKind::kActive
              : state == thanos::TargetsRequest::DROPPED ? TargetKind::kDropped
                                                         : TargetKind::kAny;
  out->partial_response = message.partial_response_strategy() == thanos::WARN;
  return OkStatus();
}

std::string SerializeResponse(const Targets& targets) {
  thanos::TargetsResponse message;
  thanos::TargetDiscovery* out = message.mutable_targets();
  for (const TargetState& target : targets.active) Fill(target, out->add_activetargets());
  for (const labels::Labels& dropped : targets.dropped) {
    FillLabels(dropped, out->add_droppedtargets()->mutable_discoveredlabels());
  }
  return message.SerializeAsString();
}

Status ParseResponse(std::string_view bytes, Targets* out, std::string* warning) {
  const auto message = TRY(ParseMessage<thanos::TargetsResponse>(bytes));
  *warning = message.warning();
  *out = {};
  for (const auto& target : message.targets().activetargets()) out->active.push_back(TRY(TargetOf(target)));
  for (const auto& dropped : message.targets().droppedtargets()) out->dropped.push_back(TRY(LabelsOf(dropped.discoveredlabels())));
  return OkStatus();
}

std::string SerializeRequest(const MetadataRequest& request) {
  thanos::MetricMetadataRequest message;
  message.set_metric(request.metric);
  message.set_limit(-1);
  message.set_partial_response_strategy(Strategy(request.partial_response));
  return message.SerializeAsString();
}

Status ParseRequest(std::string_view bytes, MetadataRequest* out) {
  const auto message = TRY(ParseMessage<thanos::MetricMetadataRequest>(bytes));
  out->metric = message.metric();
  out->partial_response = message.partial_response_strategy() == thanos::WARN;
  return OkStatus();
}

std::string SerializeResponse(const MetricMetas& metas) {
  thanos::MetricMetadataResponse message;
  auto* out = message.mutable_metadata()->mutable_metadata();
  for (const auto& [name, entries] : metas) {
    thanos::MetricMetadataEntry& entry = (*out)[name];
    for (const MetricMeta& meta : entries) {
      thanos::Meta* added = entry.add_metas();
      added->set_type(meta.type);
      added->set_help(meta.help);
      added->set_unit(meta.unit);
    }
  }
  return message.SerializeAsString();
}

Status ParseResponse(std::string_view bytes, MetricMetas* out, std::string* warning) {
  const auto message = TRY(ParseMessage<thanos::MetricMetadataResponse>(bytes));
  *warning = message.warning();
  out->clear();
  for (const auto& [name, entry] : message.metadata().metadata()) {
    for (const thanos::Meta& meta : entry.metas()) (*out)[name].push_back({meta.type(), meta.help(), meta.unit()});
  }
  return OkStatus();
}

std::string SerializeRequest(const ExemplarsRequest& request) {
  thanos::ExemplarsRequest message;
  message.set_query(request.query);
  message.set_start(request.start_ms);
  message.set_end(request.end_ms);
  message.set_partial_response_strategy(Strategy(request.partial_response));
  return message.SerializeAsString();
}

Status ParseRequest(std::string_view bytes, ExemplarsRequest* out) {
  const auto message = TRY(ParseMessage<thanos::ExemplarsRequest>(bytes));
  *out = {message.query(), message.start(), message.end(), message.partial_response_strategy() == thanos::WARN};
  return OkStatus();
}

std::string SerializeResponse(const ExemplarSeries& series) {
  thanos::ExemplarsResponse message;
  FillLabels(series.labels, message.mutable_data()->mutable_serieslabels());
  for (const Exemplar& exemplar : series.exemplars) {
    thanos::Exemplar* out = message.mutable_data()->add_exemplars();
    FillLabels(exemplar.labels, out->mutable_labels());
    out->set_value(exemplar.value);
    out->set_ts(exemplar.t_ms);
  }
  return message.SerializeAsString();
}

Status ParseResponse(std::string_view bytes, ExemplarSeries* out, std::string* warning) {
  const auto message = TRY(ParseMessage<thanos::ExemplarsResponse>(bytes));
  *warning = message.warning();
  *out = {.labels = TRY(LabelsOf(message.data().serieslabels()))};
  for (const thanos::Exemplar& exemplar : message.data().exemplars()) {
    out->exemplars.push_back({TRY(LabelsOf(exemplar.labels())), exemplar.value(), exemplar.ts()});
  }
  return OkStatus();
}

}  // namespace epi::storeapi
