#include "common/runtime/loop.h"

#include <atomic>
#include <future>
#include <optional>
#include <thread>

#include "tests/support/catch.h"

namespace epi::runtime {

using std::chrono::milliseconds;

TEST_CASE("a loop runs posted tasks in order on its own thread") {
  std::vector<int> order;
  bool on_loop = false;
  {
    Loop loop;
    CHECK_FALSE(loop.IsLoopThread());
    for (int i = 0; i < 100; ++i) loop.Post([&order, i] { order.push_back(i); });
    loop.RunSync([&] { on_loop = loop.IsLoopThread(); });
  }
  CHECK(on_loop);
  REQUIRE(order.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(order[static_cast<size_t>(i)] == i);
}

TEST_CASE("a loop that ends runs what was posted before, also from its own tasks") {
  int runs = 0;
  {
    Loop loop;
    loop.Post([&] { loop.Post([&] { loop.Post([&] { ++runs; }); }); });
  }
  CHECK(runs == 1);
}

TEST_CASE("a loop takes tasks from many threads") {
  std::atomic<int> runs{0};
  {
    Loop loop;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) loop.Post([&] { ++runs; });
      });
    }
    for (auto& thread : threads) thread.join();
  }
  CHECK(runs == 4000);
}

TEST_CASE("a timer fires once, repeats when asked, and may destroy itself in its callback") {
  Loop loop;
  std::optional<Timer> once;
  std::optional<Timer> repeating;
  std::promise<void> fired;
  std::promise<void> third;
  int repeats = 0;
  loop.RunSync([&] {
    once.emplace(&loop);
    once->Start(milliseconds(1), [&] {
      once.reset();
      fired.set_value();
    });
    repeating.emplace(&loop);
    repeating->StartRepeating(milliseconds(1), [&] {
      if (++repeats < 3) return;
      repeating->Stop();
      third.set_value();
    });
  });
  fired.get_future().wait();
  third.get_future().wait();
  loop.RunSync([&] {
    CHECK_FALSE(repeating->active());
    repeating.reset();
  });
  CHECK(repeats == 3);
}

}  // namespace epi::runtime
