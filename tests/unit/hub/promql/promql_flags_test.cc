#include "hub/promql/promql_flags.h"

#include "tests/support/catch.h"

namespace epi::hub {
namespace {

constexpr DataRange kData{1'000'000, 3'500'000};
constexpr int64_t kNowMs = 10'000'000;

Result<QueryTimes> Choose(const PromqlFlags& flags) { return ChooseTimes(flags, kData, kNowMs); }

TEST_CASE("without times the end of the data is asked for") {
  const auto times = Choose({});
  CHECK(times->start_ms == 3'500'000);
  CHECK(times->step_ms == 0);
}

TEST_CASE("a time is seconds, RFC 3339 or an offset from now") {
  const auto start_of = [](const char* time) {
    PromqlFlags flags;
    flags.time = time;
    return Choose(flags).value().start_ms;
  };
  CHECK(start_of("1700.5") == 1'700'500);
  CHECK(start_of("1970-01-01T00:30:00Z") == 1'800'000);
  CHECK(start_of("-1h") == kNowMs - 3'600'000);
}

TEST_CASE("any flag of a range makes it one, and the data fill in the others") {
  PromqlFlags flags;
  flags.start = "2000";
  const auto from = Choose(flags);
  CHECK(from->start_ms == 2'000'000);
  CHECK(from->end_ms == 3'500'000);
  CHECK(from->step_ms == 6'000);

  PromqlFlags only_step;
  only_step.step = std::chrono::seconds(30);
  const auto whole = Choose(only_step);
  CHECK(whole->start_ms == 1'000'000);
  CHECK(whole->step_ms == 30'000);
}

TEST_CASE("times that do not fit together are named") {
  const auto error_of = [](const PromqlFlags& flags) { return std::string(Choose(flags).status().message()); };
  PromqlFlags both;
  both.time = "1";
  both.step = std::chrono::seconds(1);
  CHECK(error_of(both) == "--time is for a single time; leave it out with --start, --end or --step");
  PromqlFlags reversed;
  reversed.start = "3000";
  reversed.end = "2000";
  CHECK(error_of(reversed) == "--end is before --start");
  PromqlFlags no_step;
  no_step.step = std::chrono::milliseconds(0);
  CHECK(error_of(no_step) == "--step must be more than zero");
  PromqlFlags bad;
  bad.end = "tomorrow";
  CHECK(error_of(bad) == "--end=tomorrow: expected Unix seconds, an RFC 3339 time, or an offset from now such as -6h");
}

}  // namespace
}  // namespace epi::hub
