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

// TCP probes of an idle peer that may be gone without a word.
inline constexpr std::chrono::seconds kTcpKeepaliveDelay{30};
// How long, and for how many bytes, a finished connection listens on so that the peer can read our last answer.
inline constexpr std::chrono::seconds kLingerTimeout{1};
inline constexpr size_t kLingerBytesMax = size_t{1} << 20;

inline constexpr int kListenBacklog = 511;
inline constexpr size_t kConnectionsMax = 4096;
inline constexpr std::chrono::seconds kTlsHandshakeTimeout{10};
inline constexpr std::chrono::seconds kConnectTimeout{5};
// After the last byte of an answer is written, how long the peer may take to read it.
inline constexpr std::chrono::seconds kFlushTimeout{30};
// Certificate files are looked at no more often than this.
inline constexpr std::chrono::seconds kCertificateCheckPeriod{1};

}  // namespace epi::http
