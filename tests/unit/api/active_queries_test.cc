#include "common/api/active_queries.h"

#include "tests/support/catch.h"

namespace epi::api {
namespace {

std::string Text(const Answer& answer) {
  std::string text;
  JsonSink sink([&](std::string_view piece) {
    text += piece;
    return OkStatus();
  });
  REQUIRE(answer.WriteTo(&sink).ok());
  return text;
}

std::string IdIn(const std::string& list) {
  const size_t at = list.find("\"id\":\"") + 6;
  return list.substr(at, list.find('"', at) - at);
}

TEST_CASE("a query is listed while it runs, with who asked") {
  ActiveQueries active;
  {
    const auto ticket = active.Enter(Context::Background(), {.query = "up", .start_ms = 1500, .end_ms = 2000, .step_ms = 250},
                                     {.peer_address = "1.2.3.4:5", .dashboard = "d", .panel = "7"});
    const std::string list = Text(active.List());
    CHECK(list.find(R"("query":"up","start":1.500,"end":2,"step":0.250,"since":")") != std::string::npos);
    CHECK(list.find(R"("client":"1.2.3.4:5","userAgent":"","dashboard":"d","panel":"7"})") != std::string::npos);
    CHECK(active.size() == 1);
  }
  CHECK(active.size() == 0);
  CHECK(Text(active.List()) == R"({"status":"success","data":[]})");
}

TEST_CASE("cancelling ends the query that is named, and no other") {
  ActiveQueries active;
  const auto ticket = active.Enter(Context::Background(), {.query = "slow"}, {});
  const std::string id = IdIn(Text(active.List()));
  CHECK(id.size() == 16);
  const auto other = active.Enter(Context::Background(), {.query = "other"}, {});
  CHECK(active.Cancel("0123").HttpStatus() == 404);
  CHECK(ticket.ctx().Check().ok());
  CHECK(active.Cancel(id).HttpStatus() == 200);
  CHECK(ticket.ctx().Check().code() == StatusCode::kCancelled);
  CHECK(other.ctx().Check().ok());
}

}  // namespace
}  // namespace epi::api
