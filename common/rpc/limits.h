// Every bound of the rpc module, in one place. What a flag can change is the default of an options struct.
#pragma once

#include <chrono>
#include <cstddef>

namespace epi::rpc {

// One message, as received and after decompression. Thanos has no limit; a label-values answer can be large.
inline constexpr size_t kMessageBytesMax = size_t{256} << 20;
// Bytes queued in one call before its writer is held back, until half of them are gone. One message may exceed it.
inline constexpr size_t kQueueBytesMax = size_t{1} << 20;
// Messages below this are sent uncompressed: the headers of a codec would make them larger.
inline constexpr size_t kCompressBytesMin = 256;

inline constexpr size_t kHandlerThreadsMax = 256;
inline constexpr size_t kHandlerQueueMax = 1024;
inline constexpr size_t kControlThreadsMax = 2;

// Client: pause after a failed connect, doubled each time.
inline constexpr std::chrono::milliseconds kBackoffMin{250};
inline constexpr std::chrono::milliseconds kBackoffMax{10000};
// Client: calls that wait for a connection being made.
inline constexpr size_t kWaitingCallsMax = 10'000;

}  // namespace epi::rpc
