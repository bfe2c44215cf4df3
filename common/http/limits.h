// Every bound of the HTTP layer, in one place. What a flag can change is the default of an options struct.
#pragma once

#include <chrono>
#include <cstddef>

namespace epi::http {

// Output that waits for a slow peer: above the high mark writers are held back, until it falls to the low mark.
inline constexpr size_t kWriteHighWaterBytes = size_t{256} << 10;
inline constexpr size_t kWriteLowWaterBytes = size_t{64} << 10;
// One read from a socket; the buffer is shared by all connections of a loop.
inline constexpr size_t kReadBytes = size_t{64} << 10;

inline constexpr int kListenBacklog = 511;
inline constexpr size_t kConnectionsMax = 4096;
inline constexpr std::chrono::seconds kTlsHandshakeTimeout{10};
inline constexpr std::chrono::seconds kConnectTimeout{5};
// After the last byte of an answer is written, how long the peer may take to read it.
inline constexpr std::chrono::seconds kFlushTimeout{30};
// Certificate files are looked at no more often than this.
inline constexpr std::chrono::seconds kCertificateCheckPeriod{1};

}  // namespace epi::http
