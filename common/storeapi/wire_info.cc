#include "common/storeapi/wire_info.h"

#include <utility>

#include "proto/info.pb.h"

namespace epi::storeapi {
namespace {

void Fill(const labels::Labels& labels, thanos::LabelSet* set) {
  for (const labels::Label label : labels) {
    thanos::Label* out = set->add_labels();
    out->set_name(std::string(label.name));
    out->set_value(std::string(label.value));
  }
}

Result<labels::Labels> ToLabels(const thanos::LabelSet& set) {
  std::vector<labels::Label> pairs;
  for (const thanos::Label& label : set.labels()) pairs.push_back({label.name(), label.value()});
  return labels::Labels::FromUnsorted(std::move(pairs)).WithContext("external labels");
}

void Fill(const StoreInfo& store, thanos::info::StoreInfo* out) {
  out->set_min_time(store.range.mint_ms);
  out->set_max_time(store.range.maxt_ms);
  out->set_supports_sharding(store.supports_sharding);
  out->set_supports_without_replica_labels(store.supports_without_replica_labels);
  out->set_supports_projections(store.supports_projections);
  for (const TsdbInfo& tsdb : store.tsdb_infos) {
    thanos::info::TSDBInfo* entry = out->add_tsdb_infos();
    Fill(tsdb.labels, entry->mutable_labels());
    entry->set_min_time(tsdb.range.mint_ms);
    entry->set_max_time(tsdb.range.maxt_ms);
  }
}

Result<StoreInfo> ToStoreInfo(const thanos::info::StoreInfo& message) {
  StoreInfo store;
  store.range = {message.min_time(), message.max_time()};
  store.supports_sharding = message.supports_sharding();
  store.supports_without_replica_labels = message.supports_without_replica_labels();
  store.supports_projections = message.supports_projections();
  for (const thanos::info::TSDBInfo& tsdb : message.tsdb_infos()) {
    store.tsdb_infos.push_back({TRY(ToLabels(tsdb.labels())), {tsdb.min_time(), tsdb.max_time()}});
  }
  return store;
}

}  // namespace

std::string SerializeInfo(const Info& info) {
  thanos::info::InfoResponse message;
  message.set_componenttype(info.component_type);
  for (const labels::Labels& set : info.label_sets) Fill(set, message.add_label_sets());
  if (info.store.has_value()) Fill(*info.store, message.mutable_store());
  if (info.rules) message.mutable_rules();
  if (info.metric_metadata) message.mutable_metric_metadata();
  if (info.targets) message.mutable_targets();
  if (info.exemplars.has_value()) {
    message.mutable_exemplars()->set_min_time(info.exemplars->mint_ms);
    message.mutable_exemplars()->set_max_time(info.exemplars->maxt_ms);
  }
  if (info.query) message.mutable_query();
  if (info.status) message.mutable_status();
  message.set_clock_ms(info.clock_ms);
  return message.SerializeAsString();
}

Result<Info> ParseInfo(std::string_view message) {
  thanos::info::InfoResponse response;
  if (message.size() > INT32_MAX || !response.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return DataLossError("malformed protobuf in InfoResponse");
  }
  Info info;
  info.component_type = response.componenttype();
  for (const thanos::LabelSet& set : response.label_sets()) info.label_sets.push_back(TRY(ToLabels(set)));
  if (response.has_store()) info.store = TRY(ToStoreInfo(response.store()));
  info.rules = response.has_rules();
  info.metric_metadata = response.has_metric_metadata();
  info.targets = response.has_targets();
  if (response.has_exemplars()) info.exemplars = TimeRange{response.exemplars().min_time(), response.exemplars().max_time()};
  info.query = response.has_query();
  info.status = response.has_status();
  info.clock_ms = response.clock_ms();
  return info;
}

}  // namespace epi::storeapi
