#include "hub/query/page.h"

#include <string>

#include "common/base/str_cat.h"
#include "hub/query/page_assets.h"

namespace epi::hub {
namespace {

// Nothing but our own files, and no frames around us.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

http::Response Asset(std::string_view type, std::string_view body) {
  return {.status = 200,
          .headers = {{"content-type", std::string(type)},
                      {"content-security-policy", std::string(kPolicy)},
                      {"x-content-type-options", "nosniff"},
                      {"referrer-policy", "no-referrer"}},
          .body = std::string(body)};
}

void AddAsset(http::Router* router, std::string path, std::string_view type, std::string_view body) {
  router->Add({.method = "GET",
               .path = std::move(path),
               .name = "page",
               .inline_handler = [type, body](const http::Request&) { return Asset(type, body); }});
}

}  // namespace

void AddPageRoutes(http::Router* router) {
  AddAsset(router, "/", "text/html; charset=utf-8", kPageHtml);
  AddAsset(router, "/page.js", "text/javascript; charset=utf-8", kPageScript);
  AddAsset(router, "/page.css", "text/css; charset=utf-8", kPageStyle);
}

}  // namespace epi::hub
