#include "common/http/router.h"

#include "tests/support/catch.h"

namespace epi::http {
namespace {

Route Named(const std::string& method, const std::string& path, const std::string& name) {
  Route route;
  route.method = method;
  route.path = path;
  route.name = name;
  route.inline_handler = [](const Request&) { return Response{}; };
  return route;
}

// "name param=value …", or "status body".
std::string Find(const Router& router, const std::string& method, const std::string& target, HeaderFields headers = {}) {
  Request request;
  request.method = method;
  request.headers = std::move(headers);
  const auto match = router.Find(target, &request);
  if (match.route == nullptr) {
    const std::string_view location = FieldValue(match.response.headers, "location");
    return std::to_string(match.response.status) + " " + (location.empty() ? match.response.body : std::string(location));
  }
  std::string text = match.route->name + " " + request.path;
  for (const auto& [name, value] : request.path_params) text += " " + name + "=" + value;
  if (!request.query.empty()) text += "?" + request.query;
  return text;
}

void AddRoutes(Router* router) {
  router->Add({"GET", "POST"}, Named("", "/api/v1/query", "query"));
  router->Add(Named("GET", "/api/v1/label/:name/values", "label_values"));
  router->Add(Named("GET", "/api/v1/label/special/values", "special"));
  router->Add(Named("GET", "/assets/*path", "assets"));
  router->Add(Named("GET", "/", "index"));
  Route healthy = Named("GET", "/-/healthy", "healthy");
  healthy.at_root = true;
  router->Add(healthy);
}

}  // namespace

TEST_CASE("a router finds routes by method and pattern and decodes each segment on its own") {
  Router router({});
  AddRoutes(&router);
  CHECK(Find(router, "GET", "/api/v1/query?query=up") == "query /api/v1/query?query=up");
  CHECK(Find(router, "POST", "/api/v1/query") == "query /api/v1/query");
  CHECK(Find(router, "HEAD", "/api/v1/query") == "query /api/v1/query");
  CHECK(Find(router, "GET", "/api/v1/label/job/values") == "label_values /api/v1/label/job/values name=job");
  CHECK(Find(router, "GET", "/api/v1/label/a%2Fb%20c/values") == "label_values /api/v1/label/a/b c/values name=a/b c");
  CHECK(Find(router, "GET", "/api/v1/label/special/values") == "special /api/v1/label/special/values");
  CHECK(Find(router, "GET", "/assets/js/app.js") == "assets /assets/js/app.js path=js/app.js");
  CHECK(Find(router, "GET", "http://proxy:80/api/v1/query?a=b") == "query /api/v1/query?a=b");
  CHECK(Find(router, "GET", "/") == "index /");
}

TEST_CASE("a router answers unknown paths, other methods and malformed paths as Go does") {
  Router router({});
  AddRoutes(&router);
  for (const char* path : {"/rules/test/test", "/config/v1/rules/test/test", "/api/v1", "/api/v1/query/", "/api/v1/label//values", "//"}) {
    CHECK(Find(router, "GET", path) == "404 404 page not found\n");
  }
  CHECK(Find(router, "POST", "/api/v1/label/job/values") == "405 Method Not Allowed\n");
  CHECK(Find(router, "OPTIONS", "/api/v1/query") == "204 ");
  CHECK(Find(router, "GET", "/api/v1/label/%zz/values").starts_with("400 "));
  CHECK(Find(router, "GET", "/assets/%00").starts_with("400 "));
  CHECK(Find(router, "GET", "api").starts_with("400 "));
  CHECK(Find(router, "OPTIONS", "*").starts_with("400 "));
  Request request;
  request.method = "DELETE";
  const auto match = router.Find("/api/v1/query", &request);
  CHECK(FieldValue(match.response.headers, "allow") == "GET, POST, HEAD, OPTIONS");
}

TEST_CASE("prefixes move routes but not the health checks") {
  RouterOptions options;
  options.route_prefix = "/thanos/";
  Router router(options);
  AddRoutes(&router);
  CHECK(Find(router, "GET", "/thanos/api/v1/query") == "query /api/v1/query");
  CHECK(Find(router, "GET", "/api/v1/query") == "404 404 page not found\n");
  CHECK(Find(router, "GET", "/thanosx/api/v1/query") == "404 404 page not found\n");
  CHECK(Find(router, "GET", "/-/healthy") == "healthy /-/healthy");
  CHECK(Find(router, "GET", "/") == "302 /thanos/");
  CHECK(Find(router, "GET", "/thanos") == "302 /thanos/");
}

TEST_CASE("an external prefix alone moves the API, and not when the route prefix is the root") {
  RouterOptions options;
  options.external_prefix = "query";
  Router moved(options);
  AddRoutes(&moved);
  CHECK(Find(moved, "GET", "/query/api/v1/query") == "query /api/v1/query");
  options.route_prefix = "/";
  Router unmoved(options);
  AddRoutes(&unmoved);
  CHECK(Find(unmoved, "GET", "/api/v1/query") == "query /api/v1/query");
  Request request;
  request.method = "GET";
  CHECK(unmoved.Find("/", &request).route != nullptr);
  CHECK(request.external_prefix == "/query");
}

TEST_CASE("a prefix from a header is used when it is harmless") {
  RouterOptions options;
  options.prefix_header = "X-Forwarded-Prefix";
  options.route_prefix = "/thanos";
  Router router(options);
  AddRoutes(&router);
  CHECK(Find(router, "GET", "/", {{"x-forwarded-prefix", "/tenant/a/"}}) == "302 /tenant/a/");
  CHECK(Find(router, "GET", "/", {{"x-forwarded-prefix", "//evil.example"}}) == "302 /thanos/");
  CHECK(Find(router, "GET", "/", {{"x-forwarded-prefix", "/\"><script>"}}) == "302 /thanos/");
}

TEST_CASE("CORS headers come with routes that want them unless they are off") {
  Route route = Named("GET", "/x", "x");
  route.cors = true;
  HeaderFields headers;
  Router({}).AddCorsHeaders(route, &headers);
  CHECK(FieldValue(headers, "access-control-allow-origin") == "*");
  RouterOptions off;
  off.cors = false;
  headers.clear();
  Router(off).AddCorsHeaders(route, &headers);
  CHECK(headers.empty());
}

}  // namespace epi::http
