#include "agent/sidecar/data_elements.h"

#include <vector>

#include "agent/sidecar/prometheus_json.h"
#include "tests/support/catch.h"

namespace epi::agent {
namespace {

struct Cut {
  std::vector<std::string> elements;
  std::string rest;
  Status status;
};

Cut CutInto(std::string_view body, size_t piece) {
  Cut cut;
  DataElements elements([&](std::string_view element) {
    cut.elements.emplace_back(element);
    return OkStatus();
  });
  for (size_t at = 0; at < body.size() && cut.status.ok(); at += piece) cut.status = elements.Feed(body.substr(at, piece));
  cut.rest = elements.rest();
  return cut;
}

struct Listed {
  std::vector<std::string> series;
  Result<std::vector<std::string>> warnings = std::vector<std::string>();
};

Listed List(std::string_view body, size_t piece) {
  Listed listed;
  SeriesListReader reader([&](const labels::Labels& labels) {
    listed.series.push_back(labels.ToString());
    return OkStatus();
  });
  for (size_t at = 0; at < body.size(); at += piece) {
    const Status status = reader.Feed(body.substr(at, piece));
    if (status.ok()) continue;
    listed.warnings = status;
    return listed;
  }
  listed.warnings = reader.Finish();
  return listed;
}

}  // namespace

TEST_CASE("elements are cut out whole wherever the body is cut") {
  const std::string body = R"({"status":"success","data" : [{"a":"]}\"\\"}, {"b":{"c":[1,2]}} ,[]],"warnings":["data\":[x]"]})";
  for (size_t piece = 1; piece <= body.size(); ++piece) {
    const Cut cut = CutInto(body, piece);
    REQUIRE(cut.status.ok());
    REQUIRE(cut.elements == std::vector<std::string>{R"({"a":"]}\"\\"})", R"({"b":{"c":[1,2]}})", "[]"});
    REQUIRE(cut.rest == R"({"status":"success","data" : [],"warnings":["data\":[x]"]})");
  }
}

TEST_CASE("only the list named data is taken apart") {
  for (const std::string body : {R"({"status":"success","warnings":["data"],"other":[{"a":1}]})", R"({"data":{"data":[{"a":1}]}})", R"([{"a":1}])", ""}) {
    const Cut cut = CutInto(body, 3);
    CHECK(cut.elements.empty());
    CHECK(cut.rest == body);
  }
}

TEST_CASE("an element or a rest without end is refused") {
  CHECK(CutInto(R"({"data":[{"a":")" + std::string(kElementBytesMax, 'x'), 1 << 16).status.code() == StatusCode::kDataLoss);
  CHECK(CutInto(R"({"error":")" + std::string(kRestBytesMax, 'x'), 1 << 16).status.code() == StatusCode::kDataLoss);
}

TEST_CASE("series lists give label sets and warnings, however they arrive") {
  const std::string body =
      R"({"status":"success","data":[{"__name__":"up","job":"a\u00e9\n"},{"job":"x","__name__":"down"},{}],"warnings":["slow"]})";
  for (const size_t piece : {1U, 7U, 64U, 1000U}) {
    const Listed listed = List(body, piece);
    REQUIRE(listed.warnings.ok());
    CHECK(*listed.warnings == std::vector<std::string>{"slow"});
    CHECK(listed.series == std::vector<std::string>{"{__name__=\"up\", job=\"aé\\n\"}", R"({__name__="down", job="x"})", "{}"});
  }
}

TEST_CASE("a series list that is damaged, cut off or an error is no answer") {
  for (const std::string body : {R"({"status":"success","data":[{"a":"b"})", R"({"status":"success","data":[{"a":1}]})", R"({"status":"success","data":[7]})",
                                 R"({"status":"success"})", R"({"status":"success","data":[{"a":"1","a":"2"}]})", R"({"status":"error","error":"no"})", ""}) {
    INFO(body);
    CHECK(!List(body, 5).warnings.ok());
  }
  CHECK(List(R"({"status":"error","error":"too long"})", 5).warnings.status().message() == "too long");
}

}  // namespace epi::agent
