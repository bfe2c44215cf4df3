#include "common/runtime/thread.h"

#include <memory>

#include "common/base/check.h"

namespace epi::runtime {
namespace {

struct Start {
  std::string name;
  std::function<void()> body;
};

void* Main(void* argument) {
  const std::unique_ptr<Start> start(static_cast<Start*>(argument));
  pthread_setname_np(pthread_self(), start->name.substr(0, 15).c_str());
  start->body();
  return nullptr;
}

}  // namespace

Thread::Thread(const std::string& name, std::function<void()> body, size_t stack_bytes) {
  auto start = std::make_unique<Start>(Start{name, std::move(body)});
  pthread_attr_t attributes;
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setstacksize(&attributes, stack_bytes) == 0);
  CHECK(pthread_create(&thread_, &attributes, &Main, start.get()) == 0);
  static_cast<void>(start.release());
  pthread_attr_destroy(&attributes);
}

Thread::~Thread() { Join(); }

void Thread::Join() {
  if (joined_) return;
  joined_ = true;
  CHECK(pthread_join(thread_, nullptr) == 0);
}

}  // namespace epi::runtime
