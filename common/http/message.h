// What a handler of HTTP requests sees: a request, whole, and a writer for the answer.
//
//   router.Add({.method = "GET", .path = "/api/v1/label/:name/values", .name = "label_values", .handler =
//       [&](const Context& ctx, const Request& request, ResponseWriter* out) {
//         out->SetHeader("content-type", "application/json");
//         out->Write(json).ok();     // blocks while the client is slow; an error means that it left
//       }});
//
// Contract: a Handler may block: it runs on the server's handler threads. Its Context ends with the route's timeout, when
//           the client hangs up, and when the server's grace period is over. An InlineHandler runs on the event loop and
//           must be done in microseconds.
// Threads:  a request and its writer belong to the thread that runs the handler.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/context.h"
#include "common/base/memory_account.h"
#include "common/http/form.h"
#include "common/http/header_field.h"

namespace epi::http {

struct Request {
  std::string method;  // "GET", …; a HEAD request reaches the handler of GET as "HEAD"
  std::string path;    // percent-decoded, without the route prefix
  std::string query;   // after '?', as sent
  HeaderFields headers;  // lower-case names; without HTTP/2's pseudo fields
  std::string host;      // Host or :authority
  std::string body;
  MemoryCharge body_charge;
  int http_version = 1;  // 1 or 2
  std::string peer_address;
  std::string peer_subject;  // of a verified client certificate
  bool tls = false;
  std::vector<std::pair<std::string, std::string>> path_params;  // of the route's :names, decoded
  std::string external_prefix;  // what the client sees before `path`: "" or "/thanos"

  // The first header of that (lower-case) name, or "".
  std::string_view Header(std::string_view name) const { return FieldValue(headers, name); }
  // The value of `:name` in the route's path, or "".
  std::string_view PathParam(std::string_view name) const;
  // Parameters of the URL and of a form body, the body's first.
  Result<Form> ParseForm() const { return Form::ParseRequest(query, Header("content-type"), body); }
};

struct Response {
  int status = 200;
  HeaderFields headers;
  std::string body;
};

// A plain-text answer as Go's http.Error gives it: `text` and a newline.
Response TextResponse(int status, std::string_view text);
// 404 "404 page not found".
Response NotFoundResponse();

class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;

  // Before the first Write() only. 200 unless set.
  virtual void SetStatus(int status) = 0;
  // Replaces a header of that name; lower-case names.
  virtual void SetHeader(std::string_view name, std::string_view value) = 0;
  // Appends to the body. Up to kWholeResponseBytesMax is kept and sent with its length when the handler returns; more
  // makes the answer stream. Blocks while the client is slow. Errors: the context's, or Cancelled when the client left.
  virtual Status Write(std::string_view bytes) = 0;
  // Sends what is kept, as a stream.
  virtual Status Flush() = 0;
  // Breaks the answer off, so that the client can tell: for an error after part of the body was sent. Without any part
  // sent yet the client gets a plain 500.
  virtual void Abort() = 0;
  // True once status and headers are on their way.
  virtual bool started() const = 0;

  // A whole answer at once.
  Status Send(const Response& response);
};

using Handler = std::function<void(const Context& ctx, const Request& request, ResponseWriter* out)>;
using InlineHandler = std::function<Response(const Request& request)>;

}  // namespace epi::http
