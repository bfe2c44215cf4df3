// Waiting for a condition and for a Context at once.
//
//   ContextWaiter waiter(ctx, &mutex_, &changed_);   // before the lock: its destructor must not run under it
//   MutexLock lock(&mutex_);
//   while (!ready_) RETURN_IF_ERROR(waiter.Wait());
#pragma once

#include <memory>

#include "common/base/context.h"
#include "common/base/mutex.h"

namespace epi::runtime {

class ContextWaiter {
 public:
  // REQUIRES: `mutex` is not held, here and in the destructor. Cancelling `ctx` notifies all waiters of `changed`.
  ContextWaiter(const Context& ctx, Mutex* mutex, CondVar* changed)
      : ctx_(ctx), mutex_(mutex), changed_(changed), on_cancel_(ctx.OnCancel([mutex, changed] {
          MutexLock lock(mutex);
          changed->NotifyAll();
        })) {}

  // Waits for a notification, a cancel or the deadline. REQUIRES: `mutex` is held. OK means: look at the condition again.
  Status Wait() NO_THREAD_SAFETY_ANALYSIS {
    RETURN_IF_ERROR(ctx_.Check());
    if (ctx_.has_deadline()) {
      changed_->WaitUntil(mutex_, ctx_.deadline());
    } else {
      changed_->Wait(mutex_);
    }
    return OkStatus();
  }

 private:
  const Context& ctx_;
  Mutex* const mutex_;
  CondVar* const changed_;
  const std::unique_ptr<Context::CancelRegistration> on_cancel_;
};

}  // namespace epi::runtime
