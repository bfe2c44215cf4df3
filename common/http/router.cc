#include "common/http/router.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/str_cat.h"
#include "common/http/header_text.h"

namespace epi::http {

// A tree of path segments.
struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> exact;
  std::unique_ptr<Node> one;   // ":name"
  std::unique_ptr<Node> rest;  // "*name"
  std::map<std::string, Route, std::less<>> routes;  // by method
};

namespace {

// "/thanos" of "thanos/", "" of "/" and "".
std::string CleanPrefix(std::string_view prefix) {
  while (!prefix.empty() && prefix.front() == '/') prefix.remove_prefix(1);
  while (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
  return prefix.empty() ? "" : StrCat("/", prefix);
}

// A prefix taken from a request must not lead to another host or break out of a header or a page.
bool IsSafePrefix(std::string_view prefix) {
  return prefix.find("//") == std::string_view::npos && std::all_of(prefix.begin(), prefix.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
                  c == '_' || c == '.' || c == '~';
         });
}

// The first segment of "/a/b", taken off: "a", leaving "/b".
std::string_view TakeSegment(std::string_view* path) {
  path->remove_prefix(1);
  const std::string_view segment = path->substr(0, path->find('/'));
  path->remove_prefix(segment.size());
  return segment;
}

std::string AllowedMethods(const std::map<std::string, Route, std::less<>>& routes) {
  std::string methods;
  for (const auto& [method, route] : routes) StrAppend(&methods, method, ", ");
  if (routes.contains("GET")) methods += "HEAD, ";
  return methods + "OPTIONS";
}

}  // namespace

Router::Router(const RouterOptions& options)
    : options_(options), root_routes_(std::make_unique<Node>()), prefixed_routes_(std::make_unique<Node>()) {
  options_.external_prefix = CleanPrefix(options.external_prefix);
  options_.route_prefix = options.route_prefix.empty() ? options_.external_prefix : CleanPrefix(options.route_prefix);
  options_.prefix_header = ToLower(options.prefix_header);
}

Router::~Router() = default;

void Router::Add(Route route) {
  CHECK(route.path.starts_with('/') && !route.name.empty());
  CHECK((route.handler != nullptr) != (route.inline_handler != nullptr));
  Node* node = route.at_root ? root_routes_.get() : prefixed_routes_.get();
  std::string_view path = route.path;
  while (!path.empty()) {
    const std::string_view segment = TakeSegment(&path);
    std::unique_ptr<Node>* next = segment.starts_with(':')   ? &node->one
                                  : segment.starts_with('*') ? &node->rest
                                                             : &node->exact[std::string(segment)];
    if (*next == nullptr) *next = std::make_unique<Node>();
    node = next->get();
  }
  std::string method = route.method;
  CHECK(node->routes.emplace(std::move(method), std::move(route)).second);
}

void Router::Add(const std::vector<std::string>& methods, const Route& route) {
  for (const std::string& method : methods) {
    Route one = route;
    one.method = method;
    Add(std::move(one));
  }
}

namespace {

// The values of ":name" and "*name" in the order of the pattern.
using Values = std::vector<std::string_view>;

template <typename Node>
const Node* Walk(const Node& node, std::string_view path, Values* values) {
  if (path.empty()) return node.routes.empty() ? nullptr : &node;
  std::string_view after = path;
  const std::string_view segment = TakeSegment(&after);
  if (const auto exact = node.exact.find(segment); exact != node.exact.end()) {
    if (const Node* found = Walk(*exact->second, after, values)) return found;
  }
  const size_t depth = values->size();
  if (node.one != nullptr && !segment.empty()) {
    values->push_back(segment);
    if (const Node* found = Walk(*node.one, after, values)) return found;
    values->resize(depth);
  }
  if (node.rest == nullptr) return nullptr;
  values->push_back(path.substr(1));
  return node.rest.get();
}

const Route* RouteOfMethod(const std::map<std::string, Route, std::less<>>& routes, std::string_view method) {
  auto found = routes.find(method);
  if (found == routes.end() && method == "HEAD") found = routes.find("GET");
  if (found == routes.end()) found = routes.find("");
  return found == routes.end() ? nullptr : &found->second;
}

Status SetPathParams(const Route& route, const Values& values, Request* request) {
  std::string_view pattern = route.path;
  size_t next = 0;
  while (!pattern.empty()) {
    const std::string_view segment = TakeSegment(&pattern);
    if (!segment.starts_with(':') && !segment.starts_with('*')) continue;
    request->path_params.emplace_back(segment.substr(1), TRY(PercentDecode(values[next++], false)));
  }
  return OkStatus();
}

}  // namespace

Router::Match Router::MatchBelow(const Node& root, std::string_view raw_path, Request* request) const {
  Values values;
  const Node* node = Walk(root, raw_path, &values);
  if (node == nullptr) return {nullptr, NotFoundResponse()};
  const Route* route = RouteOfMethod(node->routes, request->method);
  if (route == nullptr) {
    const bool options = request->method == "OPTIONS";
    Match match{nullptr, options ? Response{204, {}, ""} : TextResponse(405, "Method Not Allowed")};
    match.response.headers.push_back({"allow", AllowedMethods(node->routes)});
    AddCorsHeaders(node->routes.begin()->second, &match.response.headers);
    return match;
  }
  auto path = PercentDecode(raw_path, false);
  if (!path.ok() || path.value().find('\0') != std::string::npos || !SetPathParams(*route, values, request).ok()) {
    return {nullptr, TextResponse(400, "400 Bad Request: malformed path")};
  }
  request->path = std::move(*path);
  return {route, {}};
}

Router::Match Router::Find(std::string_view target, Request* request) const {
  // The absolute form that proxies use: only its path matters here.
  if (const size_t scheme = target.find("://"); scheme != std::string_view::npos && scheme < target.find('/')) {
    const size_t slash = target.find('/', scheme + 3);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const size_t mark = std::min(target.find('?'), target.size());
  const std::string_view raw_path = target.substr(0, mark);
  request->query = target.substr(std::min(mark + 1, target.size()));
  request->external_prefix = ExternalPrefix(*request);
  if (!raw_path.starts_with('/')) return {nullptr, TextResponse(400, "400 Bad Request: malformed path")};
  Values values;
  if (Walk(*root_routes_, raw_path, &values) != nullptr) return MatchBelow(*root_routes_, raw_path, request);
  const std::string& prefix = options_.route_prefix;
  if (prefix.empty()) return MatchBelow(*prefixed_routes_, raw_path, request);
  if (raw_path == "/" || raw_path == prefix) {
    return {nullptr, Response{302, {{"location", StrCat(request->external_prefix, "/")}}, ""}};
  }
  if (!raw_path.starts_with(prefix) || raw_path[prefix.size()] != '/') return {nullptr, NotFoundResponse()};
  return MatchBelow(*prefixed_routes_, raw_path.substr(prefix.size()), request);
}

std::string Router::ExternalPrefix(const Request& request) const {
  if (!options_.prefix_header.empty()) {
    const std::string_view sent = request.Header(options_.prefix_header);
    if (!sent.empty() && IsSafePrefix(sent)) return CleanPrefix(sent);
  }
  return options_.external_prefix.empty() ? options_.route_prefix : options_.external_prefix;
}

void Router::AddCorsHeaders(const Route& route, HeaderFields* headers) const {
  if (!route.cors || !options_.cors) return;
  headers->push_back({"access-control-allow-headers", "Accept, Accept-Encoding, Authorization, Content-Type, Origin"});
  headers->push_back({"access-control-allow-methods", "GET, POST, OPTIONS"});
  headers->push_back({"access-control-allow-origin", "*"});
  headers->push_back({"access-control-expose-headers", "Date"});
}

}  // namespace epi::http
