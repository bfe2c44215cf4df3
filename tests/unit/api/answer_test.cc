#include "common/api/answer.h"

#include "common/api/status_handler.h"
#include "tests/support/catch.h"

namespace epi::api {
namespace {

std::string Body(const Answer& answer) {
  std::string body;
  JsonSink sink([&](std::string_view piece) {
    body += piece;
    return OkStatus();
  });
  REQUIRE(answer.WriteTo(&sink).ok());
  return body;
}

TEST_CASE("a successful answer has status, data, warnings and infos in this order") {
  Answer answer = Answer::Json("[1]");
  answer.warnings = {"w<1>"};
  answer.infos = {"i"};
  answer.completeness = Completeness{.answered = 2};
  CHECK(Body(answer) == R"({"status":"success","data":[1],"warnings":["w\u003c1\u003e"],"infos":["i"]})");
  CHECK(answer.HttpStatus() == 200);
  CHECK_FALSE(answer.NoStore());
  CHECK(answer.CompletenessText() == "answered=2 skipped=0 failed=0 lost=0");
}

TEST_CASE("an incomplete answer says who is missing and may not be kept") {
  Answer answer = Answer::Json("[]");
  answer.completeness = Completeness{.answered = 1, .failed = 1, .missing = {"a:1: down"}};
  CHECK(Body(answer) ==
        R"({"status":"success","data":[],"completeness":{"complete":false,"answered":1,"skipped":0,"failed":1,"lost":0,)"
        R"("missing":["a:1: down"]}})");
  CHECK(answer.NoStore());
}

TEST_CASE("errors have Prometheus' types and HTTP codes") {
  const Answer bad = Answer::Error(InvalidArgumentError("invalid parameter \"step\""));
  CHECK(Body(bad) == R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"step\""})");
  CHECK(bad.HttpStatus() == 400);
  CHECK(ClassifyError(FailedPreconditionError("x")).http_status == 422);
  CHECK(ClassifyError(ResourceExhaustedError("x")).type == "execution");
  CHECK(ClassifyError(UnavailableError("x")).type == "execution");
  CHECK(ClassifyError(DeadlineExceededError("x")).http_status == 503);
  CHECK(ClassifyError(CancelledError("x")).http_status == 499);
  CHECK(ClassifyError(InternalError("x")).http_status == 500);
}

TEST_CASE("a large answer leaves in pieces") {
  Answer answer;
  answer.write_data = [](JsonSink* sink) {
    for (int i = 0; i < 100; ++i) {
      sink->buffer()->append(10'000, 'x');
      RETURN_IF_ERROR(sink->Drain());
    }
    return OkStatus();
  };
  size_t pieces = 0;
  size_t bytes = 0;
  JsonSink sink([&](std::string_view piece) {
    ++pieces;
    bytes += piece.size();
    return OkStatus();
  });
  REQUIRE(answer.WriteTo(&sink).ok());
  CHECK(pieces > 10);
  CHECK(bytes == 1'000'000 + std::string_view(R"({"status":"success","data":})").size());
}

TEST_CASE("build information has six keys, none of them empty or misleading") {
  const StatusHandler handler({.flags = {{"web.listen", "x"}, {"alert", "y"}}});
  const std::string build = Body(handler.BuildInfo());
  for (const char* key : {"version", "revision", "branch", "buildUser", "buildDate", "goVersion"}) {
    CHECK(build.find("\"" + std::string(key) + "\":\"") != std::string::npos);
    CHECK(build.find("\"" + std::string(key) + "\":\"\"") == std::string::npos);
  }
  CHECK(build.find("features") == std::string::npos);
  CHECK(Body(handler.Flags()) == R"({"status":"success","data":{"alert":"y","web.listen":"x"}})");
  CHECK(Body(handler.RuntimeInfo()).find("\"goroutineCount\":") != std::string::npos);
}

}  // namespace
}  // namespace epi::api
