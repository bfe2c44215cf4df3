#include "common/runtime/gate.h"

#include <future>
#include <thread>

#include "common/runtime/bounded_queue.h"
#include "tests/support/catch.h"

namespace epi::runtime {
namespace {

GateOptions Options(size_t running_max, size_t waiting_max) {
  GateOptions options;
  options.name = "query gate";
  options.running_max = running_max;
  options.waiting_max = waiting_max;
  return options;
}

}  // namespace

TEST_CASE("a gate admits as many as it may and gives freed places away in order of arrival") {
  std::vector<size_t> gauge;
  GateOptions options = Options(1, 10);
  options.on_running = [&](size_t running) { gauge.push_back(running); };
  Gate gate(options);
  auto permit = gate.Acquire(Context::Background());
  REQUIRE(permit.ok());
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&gate, &order, i] {
      const auto mine = gate.Acquire(Context::Background());
      order.push_back(i);
    });
    while (gate.waiting() != static_cast<size_t>(i) + 1) std::this_thread::yield();
  }
  { const Gate::Permit freed = std::move(*permit); }
  for (auto& thread : threads) thread.join();
  CHECK(order == std::vector<int>{0, 1, 2});
  CHECK(gate.running() == 0);
  CHECK(gauge == std::vector<size_t>{1, 0});
}

TEST_CASE("a gate whose line is full refuses at once") {
  Gate gate(Options(1, 0));
  const auto permit = gate.Acquire(Context::Background());
  const auto refused = gate.Acquire(Context::Background());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.status().ToString() == "ResourceExhausted: query gate is full: 1 run and 0 wait");
}

TEST_CASE("who waits at a gate leaves when its context is cancelled or its time is up") {
  Gate gate(Options(1, 10));
  const auto permit = gate.Acquire(Context::Background());
  const Context ctx = Context::Background().WithCancel();
  std::thread canceller([&] {
    while (gate.waiting() == 0) std::this_thread::yield();
    ctx.Cancel("client left");
  });
  CHECK(gate.Acquire(ctx).status().message() == "waiting for query gate: client left");
  canceller.join();
  const Context brief = Context::Background().WithTimeout(std::chrono::milliseconds(2));
  CHECK(gate.Acquire(brief).status().code() == StatusCode::kDeadlineExceeded);
  CHECK(gate.waiting() == 0);
}

TEST_CASE("a bounded queue holds producers back and hands out the rest after close") {
  BoundedQueue<int> queue(2);
  int pushed = 0;
  std::thread producer([&] {
    for (int i = 0; i < 100; ++i) pushed += queue.Push(Context::Background(), i).ok() ? 1 : 0;
    queue.Close();
  });
  for (int i = 0; i < 100; ++i) {
    CHECK(queue.size() <= 2);
    const auto item = queue.Pop(Context::Background());
    REQUIRE(item.ok());
    CHECK(item.value() == i);
  }
  producer.join();
  CHECK(pushed == 100);
  CHECK_FALSE(queue.Pop(Context::Background()).value().has_value());
  CHECK(queue.Push(Context::Background(), 1).code() == StatusCode::kFailedPrecondition);
}

TEST_CASE("a bounded queue's waiters end with their context") {
  BoundedQueue<int> queue(1);
  int item = 1;
  CHECK(queue.TryPush(item));
  CHECK_FALSE(queue.TryPush(item));
  const Context brief = Context::Background().WithTimeout(std::chrono::milliseconds(1));
  CHECK(queue.Push(brief, 2).code() == StatusCode::kDeadlineExceeded);
}

}  // namespace epi::runtime
