// CHECK: our own promises, enforced in every build. A failed CHECK prints where and what, then aborts.
//
// Never CHECK bytes that came from disk or wire: those are errors (Status), see base/status.h.
// DCHECK is the same in debug builds and costs nothing in release builds.
#pragma once

namespace epi {

// Prints "file:line: CHECK failed: expression" to stderr and aborts the process.
[[noreturn]] void CheckFailed(const char* file, int line, const char* expression);

}  // namespace epi

#define CHECK(condition)                                   \
  do {                                                     \
    if (__builtin_expect(!(condition), 0)) {               \
      ::epi::CheckFailed(__FILE__, __LINE__, #condition);  \
    }                                                      \
  } while (false)

#ifdef NDEBUG
#define DCHECK(condition)         \
  do {                            \
    (void)sizeof((condition));    \
  } while (false)
#else
#define DCHECK(condition) CHECK(condition)
#endif
