// Client: outbound HTTP over pooled libcurl handles.
//
// Contract: calls block the calling thread until the answer is whole, streamed to the end, or the context ended; a cancelled
//           context breaks the call off at once. Connections are kept and used again. Any HTTP status is an answer, not an
//           error. Proxies of the environment are not used. Credentials never appear in errors.
// Threads:  Do() and Stream() from any number of threads.
// Errors:   Unavailable when there is no connection or it breaks; DeadlineExceeded and Cancelled of the context;
//           ResourceExhausted when a body exceeds its limit; InvalidArgument for a URL that is none. All name the URL.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/config/http_config.h"
#include "common/http/header_field.h"

namespace epi::http {

struct ClientOptions {
  config::HttpClientConfig config;
  std::string user_agent;  // "epimetheus/0.1.0" when empty.
  std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};
  // Ask for compressed answers. A waste of both sides' time on loopback.
  bool accept_gzip = true;
  // Idle handles with their connections that are kept.
  size_t idle_max = 8;
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  HeaderFields headers;
  std::string body;
  uint64_t response_bytes_max = 64ULL << 20;  // Of a body that is collected, after decompression.
};

struct ClientResponse {
  int status = 0;
  HeaderFields headers;  // Lower-case names.
  std::string body;      // Empty for a streamed answer.

  bool ok() const { return status >= 200 && status < 300; }
};

class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Result<ClientResponse> Do(const Context& ctx, const ClientRequest& request) const;

  // Gives the body of a 2xx answer to `sink` piece by piece as it arrives; `head` has status and headers. Other answers come
  // back with their body collected. An error of the sink breaks the call off and is returned.
  using BodySink = std::function<Status(const ClientResponse& head, std::string_view piece)>;
  Result<ClientResponse> Stream(const Context& ctx, const ClientRequest& request, const BodySink& sink) const;

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

// The URL without user and password, for logs and errors.
std::string RedactedUrl(std::string_view url);

}  // namespace epi::http
