// Who asked a query, as far as the request says: for the list of active queries and the slow-query log.
#pragma once

#include <string>

#include "common/http/message.h"

namespace epi::api {

struct QueryOrigin {
  std::string peer_address;
  std::string user_agent;
  std::string dashboard;  // Grafana's X-Dashboard-UID,
  std::string panel;      // and X-Panel-Id.

  static QueryOrigin Of(const http::Request& request) {
    return {request.peer_address, std::string(request.Header("user-agent")), std::string(request.Header("x-dashboard-uid")),
            std::string(request.Header("x-panel-id"))};
  }
};

}  // namespace epi::api
