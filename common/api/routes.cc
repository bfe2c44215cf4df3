#include "common/api/routes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/api/request_params.h"
#include "common/base/str_cat.h"

namespace epi::api {
namespace {

using Handle = std::function<Answer(const Context& ctx, const http::Request& request, const RequestParams& params)>;

void Respond(const Answer& answer, http::ResponseWriter* out) {
  out->SetStatus(answer.HttpStatus());
  if (answer.HttpStatus() == 204) return;
  out->SetHeader("content-type", "application/json");
  if (answer.completeness.has_value()) out->SetHeader(kCompletenessHeader, answer.CompletenessText());
  if (answer.NoStore()) out->SetHeader("cache-control", "no-store");
  JsonSink sink([out](std::string_view piece) { return out->Write(piece); });
  // The client must see that an answer it got a part of is not whole.
  if (!answer.WriteTo(&sink).ok()) out->Abort();
}

http::Handler Wrap(Handle handle) {
  return [handle = std::move(handle)](const Context& ctx, const http::Request& request, http::ResponseWriter* out) {
    const auto form = request.ParseForm();
    if (!form.ok()) {
      Respond(Answer::Error(form.status().WithContext("error parsing form values")), out);
      return;
    }
    Respond(handle(ctx, request, *form), out);
  };
}

class RouteAdder {
 public:
  explicit RouteAdder(http::Router* router) : router_(router) {}

  void GetAndPost(std::string_view path, std::string name, Handle handle) const {
    router_->Add({"GET", "POST"}, Make(path, std::move(name), std::move(handle)));
  }
  void Post(std::string_view path, std::string name, Handle handle) const {
    http::Route route = Make(path, std::move(name), std::move(handle));
    route.method = "POST";
    // Changes something: not for the scripts of other sites.
    route.cors = false;
    router_->Add(std::move(route));
  }
  void Get(std::string_view path, std::string name, Handle handle) const {
    http::Route route = Make(path, std::move(name), std::move(handle));
    route.method = "GET";
    router_->Add(std::move(route));
  }

 private:
  static http::Route Make(std::string_view path, std::string name, Handle handle) {
    return {.path = StrCat("/api/v1/", path), .name = std::move(name), .handler = Wrap(std::move(handle)), .cors = true};
  }

  http::Router* const router_;
};

void AddQueryRoutes(const RouteAdder& add, const QueryHandler* query) {
  add.GetAndPost("query", "query", [query](const Context& ctx, const http::Request& r, const auto& p) {
    return query->Instant(ctx, p, QueryOrigin::Of(r));
  });
  add.GetAndPost("query_range", "query_range", [query](const Context& ctx, const http::Request& r, const auto& p) {
    return query->Range(ctx, p, QueryOrigin::Of(r));
  });
  add.GetAndPost("query_explain", "query_explain",
                 [query](const Context& ctx, const auto&, const auto& p) { return query->ExplainInstant(ctx, p); });
  add.GetAndPost("query_range_explain", "query_range_explain",
                 [query](const Context& ctx, const auto&, const auto& p) { return query->ExplainRange(ctx, p); });
  add.GetAndPost("format_query", "format_query",
                 [query](const Context&, const auto&, const auto& p) { return query->FormatQuery(p); });
  add.GetAndPost("parse_query", "parse_query",
                 [query](const Context&, const auto&, const auto& p) { return query->ParseQuery(p); });
}

void AddSideRoutes(const RouteAdder& add, const SideHandler* side) {
  add.Get("rules", "rules", [side](const Context& ctx, const auto&, const auto& p) { return side->Rules(ctx, p); });
  add.Get("alerts", "alerts", [side](const Context& ctx, const auto&, const auto& p) { return side->Alerts(ctx, p); });
  add.Get("targets", "targets", [side](const Context& ctx, const auto&, const auto& p) { return side->Targets(ctx, p); });
  add.Get("metadata", "metadata", [side](const Context& ctx, const auto&, const auto& p) { return side->Metadata(ctx, p); });
  add.GetAndPost("query_exemplars", "exemplars",
                 [side](const Context& ctx, const auto&, const auto& p) { return side->Exemplars(ctx, p); });
}

void AddCardinalityRoutes(const RouteAdder& add, const CardinalityHandler* cardinality) {
  add.Get("status/tsdb", "status_tsdb",
          [cardinality](const Context& ctx, const auto&, const auto& p) { return cardinality->Status(ctx, p); });
}

void AddActiveQueryRoutes(const RouteAdder& add, const ActiveQueries* active) {
  add.Get("status/active_queries", "active_queries", [active](const Context&, const auto&, const auto&) { return active->List(); });
  add.Post("status/active_queries/:id/cancel", "cancel_query",
           [active](const Context&, const http::Request& r, const auto&) { return active->Cancel(r.PathParam("id")); });
}

void AddMetadataRoutes(const RouteAdder& add, const MetadataHandler* metadata) {
  add.GetAndPost("labels", "label_names",
                 [metadata](const Context& ctx, const auto&, const auto& p) { return metadata->LabelNames(ctx, p); });
  add.Get("label/:name/values", "label_values", [metadata](const Context& ctx, const http::Request& r, const auto& p) {
    return metadata->LabelValues(ctx, r.PathParam("name"), p);
  });
  add.GetAndPost("series", "series",
                 [metadata](const Context& ctx, const auto&, const auto& p) { return metadata->Series(ctx, p); });
}

void AddStatusRoutes(const RouteAdder& add, const StatusHandler* status) {
  add.Get("status/buildinfo", "status_buildinfo", [status](const Context&, const auto&, const auto&) { return status->BuildInfo(); });
  add.Get("status/runtimeinfo", "status_runtimeinfo",
          [status](const Context&, const auto&, const auto&) { return status->RuntimeInfo(); });
  add.Get("status/flags", "status_flags", [status](const Context&, const auto&, const auto&) { return status->Flags(); });
  add.Get("status/config", "status_config", [status](const Context&, const auto&, const auto&) { return status->Config(); });
  for (const std::string path : {"targets/metadata", "alertmanagers", "notifications", "scrape_pools", "status/walreplay",
                                 "status/tsdb/blocks"}) {
    std::string name = path;
    std::replace(name.begin(), name.end(), '/', '_');
    add.Get(path, std::move(name), [path](const Context&, const auto&, const auto&) { return StatusHandler::EmptyAnswer(path); });
  }
}

}  // namespace

void AddApiRoutes(http::Router* router, const ApiParts& parts) {
  const RouteAdder add(router);
  AddQueryRoutes(add, parts.query);
  AddMetadataRoutes(add, parts.metadata);
  AddStatusRoutes(add, parts.status);
  if (parts.side != nullptr) AddSideRoutes(add, parts.side);
  if (parts.cardinality != nullptr) AddCardinalityRoutes(add, parts.cardinality);
  AddActiveQueryRoutes(add, parts.active);
  if (parts.stores) {
    add.Get("stores", "stores", [stores = parts.stores](const Context&, const auto&, const auto&) { return stores(); });
  }
}

}  // namespace epi::api
