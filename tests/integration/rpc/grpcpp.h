// libgrpc++ and the Echo stubs. Include it first: abseil's thread annotations bear the names of ours, and are undone here.
#pragma once

#include <grpcpp/grpcpp.h>

#include "tests/support/proto/echo.grpc.pb.h"

#undef GUARDED_BY
#undef PT_GUARDED_BY
#undef EXCLUSIVE_LOCKS_REQUIRED
#undef LOCKS_EXCLUDED
#undef EXCLUSIVE_LOCK_FUNCTION
#undef UNLOCK_FUNCTION
#undef NO_THREAD_SAFETY_ANALYSIS
