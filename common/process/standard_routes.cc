#include "common/process/standard_routes.h"

#include <string>

#include "common/base/str_cat.h"
#include "common/metrics/exposition.h"

namespace epi::process {
namespace {

http::Response ProbeAnswer(const std::string& why_not) {
  return why_not.empty() ? http::TextResponse(200, "OK") : http::TextResponse(503, why_not);
}

// On a handler's thread: computing the metrics reads /proc.
void ServeMetrics(const metrics::Registry& registry, const http::Request& request, http::ResponseWriter* out) {
  const metrics::ExpositionFormat format = metrics::NegotiateFormat(request.Header("accept"));
  out->SetHeader("content-type", metrics::ContentType(format));
  // A client that left needs no metrics.
  [[maybe_unused]] const Status written = out->Write(registry.Expose(format));
}

}  // namespace

void AddStandardRoutes(http::Router* router, const Probe* probe, const metrics::Registry* registry) {
  router->Add({.method = "GET",
               .path = "/-/healthy",
               .name = "healthy",
               .inline_handler = [probe](const http::Request&) { return ProbeAnswer(probe->why_not_healthy()); },
               .at_root = true,
               .without_auth = true,
               .instrumented = false});
  router->Add({.method = "GET",
               .path = "/-/ready",
               .name = "ready",
               .inline_handler = [probe](const http::Request&) { return ProbeAnswer(probe->why_not_ready()); },
               .at_root = true,
               .without_auth = true,
               .instrumented = false});
  router->Add({.method = "GET",
               .path = "/metrics",
               .name = "metrics",
               .handler = [registry](const Context&, const http::Request& request,
                                     http::ResponseWriter* out) { ServeMetrics(*registry, request, out); },
               .at_root = true,
               .instrumented = false});
}

}  // namespace epi::process
