// The messages of the Rules, Targets, Metadata and Exemplars APIs.
//
// Errors: DataLoss for malformed protobuf; InvalidArgument for labels with a repeated or empty name.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/storeapi/side_types.h"

namespace epi::storeapi {

std::string SerializeRequest(const RulesRequest& request);
std::string SerializeRequest(const TargetsRequest& request);
std::string SerializeRequest(const MetadataRequest& request);
std::string SerializeRequest(const ExemplarsRequest& request);
Status ParseRequest(std::string_view message, RulesRequest* out);
Status ParseRequest(std::string_view message, TargetsRequest* out);
Status ParseRequest(std::string_view message, MetadataRequest* out);
Status ParseRequest(std::string_view message, ExemplarsRequest* out);

// One response each.
std::string SerializeResponse(const RuleGroupState& group);
std::string SerializeResponse(const Targets& targets);
std::string SerializeResponse(const MetricMetas& metas);
std::string SerializeResponse(const ExemplarSeries& series);
// A response of any of the four APIs that is only a warning.
std::string SerializeWarning(std::string_view warning);

// Sets `out`, or `warning` when the response is one.
Status ParseResponse(std::string_view message, RuleGroupState* out, std::string* warning);
Status ParseResponse(std::string_view message, Targets* out, std::string* warning);
Status ParseResponse(std::string_view message, MetricMetas* out, std::string* warning);
Status ParseResponse(std::string_view message, ExemplarSeries* out, std::string* warning);

}  // namespace epi::storeapi
