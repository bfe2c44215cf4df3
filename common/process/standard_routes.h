// The routes every program serves at the root of its HTTP port: /metrics, /-/healthy, /-/ready.
#pragma once

#include "common/http/router.h"
#include "common/metrics/registry.h"
#include "common/process/probe.h"

namespace epi::process {

// Router, probe and registry outlive the routes.
void AddStandardRoutes(http::Router* router, const Probe* probe, const metrics::Registry* registry);

}  // namespace epi::process
