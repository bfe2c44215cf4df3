// Which route serves a request: method, path pattern, prefixes.
//
//   /api/v1/label/:name/values     a ":name" takes one non-empty path segment, percent-decoded on its own
//   /assets/*path                  a last "*name" takes the rest, slashes included
//
// Prefixes, as Thanos has them: routes live below route_prefix (which is external_prefix unless set, "/" for none); the
// ones marked at_root live at the root. external_prefix, or the header named by prefix_header, is what clients see.
//
// Contract: exact segments win over ":name", that over "*name". An unknown path is 404 "404 page not found"; a known one
//           with another method is 405 with Allow; OPTIONS on a known path is 204; HEAD is served by GET's route.
//           "/" redirects to the route prefix when there is one. Only these routes are served: never a file system.
// Threads:  Add() before use; then const, safe from any thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/limits.h"
#include "common/http/message.h"

namespace epi::http {

struct Route {
  std::string method;  // "GET"; "" takes every method
  std::string path;    // pattern, begins with '/'
  std::string name;    // the `handler` label of metrics
  Handler handler;               // one of the two
  InlineHandler inline_handler;  // on the loop
  uint64_t body_bytes_max = kBodyBytesMax;
  std::chrono::milliseconds timeout{0};  // 0: the handler minds its own
  bool at_root = false;     // not moved by the route prefix: /-/healthy, /-/ready, /metrics
  bool cors = false;        // answers carry CORS headers, when they are on
  bool without_auth = false;  // served without login though one is configured
  bool instrumented = true;   // counted in http_requests_total
};

struct RouterOptions {
  std::string route_prefix;
  std::string external_prefix;
  std::string prefix_header;  // "X-Forwarded-Prefix"
  bool cors = true;
};

class Router {
 public:
  explicit Router(const RouterOptions& options);
  ~Router();

  // REQUIRES: no route has the same method and pattern; that is a bug of ours.
  void Add(Route route);
  // The same route for several methods.
  void Add(const std::vector<std::string>& methods, const Route& route);

  // What to do with a request: a route, or an answer without one.
  struct Match {
    const Route* route = nullptr;
    Response response;
  };
  // `target` is the request's path and query as sent. Fills path, query, path_params and external_prefix.
  Match Find(std::string_view target, Request* request) const;

  // What an answer of this route carries besides its own headers.
  void AddCorsHeaders(const Route& route, HeaderFields* headers) const;
  const RouterOptions& options() const { return options_; }

 private:
  struct Node;
  Match MatchBelow(const Node& root, std::string_view raw_path, Request* request) const;
  std::string ExternalPrefix(const Request& request) const;

  RouterOptions options_;
  std::unique_ptr<Node> root_routes_;
  std::unique_ptr<Node> prefixed_routes_;
};

}  // namespace epi::http
