// What OpenSSL has to say, as one line.
#pragma once

#include <string>

namespace epi::http {

// The first error of this thread's queue ("certificate verify failed"), and clears the queue.
std::string TakeTlsError();

}  // namespace epi::http
