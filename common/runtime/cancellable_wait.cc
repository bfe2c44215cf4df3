#include "common/runtime/cancellable_wait.h"

#include "common/runtime/context_wait.h"

namespace epi::runtime {

void CancellableWait(const Context& ctx, std::chrono::milliseconds pause) {
  const Context limited = ctx.WithTimeout(pause);
  Mutex mutex;
  CondVar changed;
  ContextWaiter waiter(limited, &mutex, &changed);
  MutexLock lock(&mutex);
  while (waiter.Wait().ok()) {
  }
}

}  // namespace epi::runtime
