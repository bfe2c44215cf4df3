// One libcurl handle with its own connection cache, lent to one call at a time. Only http/client*.cc include this.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "common/base/context.h"
#include "common/http/client.h"

namespace epi::http::internal {

// What a call collects while it runs.
struct Transfer {
  const ClientRequest* request = nullptr;
  const Client::BodySink* sink = nullptr;  // Null: collect the body.
  ClientResponse response;
  Status failure;  // Of the sink or a limit.
};

class ClientHandle {
 public:
  // Null when libcurl cannot make one.
  static std::unique_ptr<ClientHandle> Make();
  ~ClientHandle();
  ClientHandle(const ClientHandle&) = delete;
  ClientHandle& operator=(const ClientHandle&) = delete;

  CURL* easy() const { return easy_; }
  // Runs the prepared easy handle to its end.
  CURLcode Run(const Context& ctx, Transfer* transfer);
  // Makes the handle as new; connections stay.
  void Reset() { curl_easy_reset(easy_); }
  // libcurl's own words for the last failure; may be empty.
  const char* error() const { return error_; }

 private:
  ClientHandle(CURL* easy, CURLM* multi) : easy_(easy), multi_(multi) {}
  CURLcode Drive(const Context& ctx);

  CURL* const easy_;
  CURLM* const multi_;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace epi::http::internal
