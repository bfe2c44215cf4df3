#include "common/runtime/thread_pool.h"

#include <atomic>
#include <future>
#include <vector>

#include "tests/support/catch.h"

namespace epi::runtime {

TEST_CASE("a pool runs all tasks it took before it ends") {
  std::atomic<int> runs{0};
  {
    ThreadPoolOptions options;
    options.name = "test";
    options.threads_max = 3;
    ThreadPool pool(options);
    for (int i = 0; i < 500; ++i) REQUIRE(pool.Submit([&] { ++runs; }).ok());
  }
  CHECK(runs == 500);
}

TEST_CASE("a pool whose queue is full refuses a task and names itself") {
  ThreadPoolOptions options;
  options.name = "tiny";
  options.queue_max = 1;
  // Before the pool, so that they outlive its thread: a waiter goes on before set_value() has returned.
  std::promise<void> started;
  std::promise<void> go;
  ThreadPool pool(options);
  REQUIRE(pool.Submit([&] {
                started.set_value();
                go.get_future().wait();
              }).ok());
  started.get_future().wait();
  REQUIRE(pool.Submit([] {}).ok());
  const Status full = pool.Submit([] {});
  CHECK(full.code() == StatusCode::kResourceExhausted);
  CHECK(full.message() == "thread pool tiny is full: 1 tasks wait");
  CHECK(pool.queued() == 1);
  CHECK(pool.busy() == 1);
  go.set_value();
}

TEST_CASE("a pool starts threads again after all left for idling") {
  ThreadPoolOptions options;
  options.name = "idle";
  options.threads_max = 1;
  options.idle_exit = std::chrono::milliseconds(0);
  std::vector<std::promise<void>> runs(200);  // Outlive the pool's threads.
  ThreadPool pool(options);
  for (std::promise<void>& ran : runs) {
    REQUIRE(pool.Submit([&] { ran.set_value(); }).ok());
    ran.get_future().wait();
  }
}

}  // namespace epi::runtime
