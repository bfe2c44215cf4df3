#include "common/base/context.h"

#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("a cancelled context cancels its children and not its parent") {
  const Context parent = Context::Background().WithCancel();
  const Context child = parent.WithCancel();
  const Context grandchild = child.WithTimeout(std::chrono::hours(1));
  child.Cancel("client went away");
  CHECK_FALSE(parent.Done());
  CHECK(child.Check().code() == StatusCode::kCancelled);
  CHECK(child.Check().message() == "client went away");
  CHECK(grandchild.Check().code() == StatusCode::kCancelled);
}

TEST_CASE("a child cannot outlive its parent's deadline") {
  const auto now = Context::Clock::now();
  const Context parent = Context::Background().WithDeadline(now + std::chrono::seconds(5));
  CHECK(parent.WithDeadline(now + std::chrono::hours(1)).deadline() == parent.deadline());
  CHECK(parent.WithDeadline(now - std::chrono::seconds(1)).Check().code() == StatusCode::kDeadlineExceeded);
}

TEST_CASE("a cancel callback runs once, or at once when it is late, and not after its registration ended") {
  const Context ctx = Context::Background().WithCancel();
  int calls = 0;
  int dropped = 0;
  auto kept = ctx.OnCancel([&] { ++calls; });
  ctx.OnCancel([&] { ++dropped; }).reset();
  ctx.Cancel();
  ctx.Cancel();
  auto late = ctx.OnCancel([&] { ++calls; });
  CHECK(calls == 2);
  CHECK(dropped == 0);
}

TEST_CASE("a memory account refuses what would exceed it or its parent and names who asked") {
  MemoryAccount process("process", 1000);
  {
    MemoryAccount query("query", 600, &process);
    MemoryCharge charge(&query);
    REQUIRE(charge.Add(500, "up").ok());
    const Status over = charge.Add(200, "{job=\"api\"}");
    CHECK(over.code() == StatusCode::kResourceExhausted);
    CHECK(over.message() == "memory limit of query exceeded: limit 600 bytes, used 500, asked for 200 by {job=\"api\"}");
    MemoryAccount other("query", 0, &process);
    CHECK_FALSE(other.Charge(501, "x").ok());
    CHECK(other.used_bytes() == 0);
    CHECK(process.used_bytes() == 500);
  }
  CHECK(process.used_bytes() == 0);
  CHECK(process.peak_bytes() == 500);
}

}  // namespace
}  // namespace epi
