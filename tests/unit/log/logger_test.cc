#include "common/log/logger.h"

#include <cmath>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

namespace epi::log {
namespace {

struct Lines {
  std::vector<std::string> all;
  Logger Make(Level level, Format format) {
    return Logger::ToFunction({level, format}, [this](std::string_view line) { all.emplace_back(line); });
  }
  // The last line from "level" on: the time before it changes.
  std::string Last() const {
    const size_t level = all.back().find("level");
    return all.back().substr(level == std::string::npos ? 0 : level);
  }
};

TEST_CASE("logfmt lines carry time, caller, level, own fields, message and fields in this order") {
  Lines lines;
  const Logger logger = lines.Make(Level::kInfo, Format::kLogfmt).With({{"component", "shipper"}});
  logger.Info("uploaded block", {{"id", "01ABC"}, {"bytes", 42}, {"took", 1.5}, {"ok", true}, {"size", size_t{7}}});
  CHECK(lines.Last() == "level=info component=shipper msg=\"uploaded block\" id=01ABC bytes=42 took=1.5 ok=true size=7\n");
  CHECK(lines.all[0].starts_with("ts=2"));
  CHECK(lines.all[0].find("Z caller=logger_test.cc:") != std::string::npos);
}

TEST_CASE("logfmt quotes what would break a line, and nothing else") {
  Lines lines;
  const Logger logger = lines.Make(Level::kInfo, Format::kLogfmt);
  logger.Error("done", {{"a", ""}, {"b", "x=y"}, {"c", "say \"hi\"\n"}, {"d", "\xff"}, {"e", "{job=1}"}, {"g", "{"}, {"f", "\xc3\xa9"}});
  CHECK(lines.Last() ==
        "level=error msg=done a= b=\"x=y\" c=\"say \\\"hi\\\"\\n\" d=\"\\ufffd\" e=\"{job=1}\" g={ f=\xc3\xa9\n");
}

TEST_CASE("JSON lines are objects, also with infinities and with fields of their own") {
  Lines lines;
  const Logger logger = lines.Make(Level::kDebug, Format::kJson).With({{"component", "query"}, {"n", 1}}).With({{"id", "x"}});
  logger.Debug("a\"b", {{"inf", HUGE_VAL}, {"err", DataLossError("bad \xff")}});
  CHECK(lines.all[0].starts_with("{\"ts\":\"2"));
  CHECK(lines.Last() ==
        "level\":\"debug\",\"component\":\"query\",\"n\":1,\"id\":\"x\",\"msg\":\"a\\\"b\",\"inf\":\"+Inf\",\"err\":\"bad \\ufffd\"}\n");
}

TEST_CASE("levels below the chosen one are not written") {
  Lines lines;
  const Logger logger = lines.Make(Level::kWarn, Format::kLogfmt);
  logger.Debug("no");
  logger.Info("no");
  logger.Warn("yes");
  CHECK(lines.all.size() == 1);
  CHECK(ParseLevel("warn").ok());
  CHECK(ParseLevel("loud").status().message() == "log level must be debug, info, warn or error, not \"loud\"");
  CHECK(*ParseFormat("json") == Format::kJson);
  CHECK_FALSE(ParseFormat("xml").ok());
}

TEST_CASE("a line that is too long is cut and says so") {
  Lines lines;
  const std::string huge(10 * kLineBytesMax, 'x');
  lines.Make(Level::kInfo, Format::kLogfmt).Info("m", {{"a", huge}, {"b", 1}});
  CHECK(lines.all[0].size() < kLineBytesMax);
  CHECK(lines.all[0].ends_with("x...(cut) b=1\n"));
}

TEST_CASE("lines from many threads do not mix") {
  Lines lines;
  const Logger logger = lines.Make(Level::kInfo, Format::kLogfmt);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&logger, t] {
      for (int i = 0; i < 100; ++i) logger.Info("tick", {{"thread", t}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(lines.all.size() == 400);
}

}  // namespace
}  // namespace epi::log
