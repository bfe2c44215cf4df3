// Names of the methods behind SideBackend.
#pragma once

#include <string_view>

namespace epi::storeapi {

inline constexpr std::string_view kRulesMethod = "/thanos.Rules/Rules";
inline constexpr std::string_view kTargetsMethod = "/thanos.Targets/Targets";
inline constexpr std::string_view kMetadataMethod = "/thanos.Metadata/MetricMetadata";
inline constexpr std::string_view kExemplarsMethod = "/thanos.Exemplars/Exemplars";

}  // namespace epi::storeapi
