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

// A request's head. Grafana and Prometheus send long queries in URLs, hence more than the usual 8 KiB.
inline constexpr size_t kTargetBytesMax = size_t{32} << 10;
inline constexpr size_t kHeadBytesMax = size_t{64} << 10;
inline constexpr size_t kHeaderCountMax = 100;
// A request's body, unless its route says otherwise.
inline constexpr size_t kBodyBytesMax = size_t{32} << 20;
// Bytes of pipelined requests kept while one is answered.
inline constexpr size_t kPipelineBytesMax = size_t{64} << 10;
// Parameters of one query string or form, and of one path.
inline constexpr size_t kFormFieldsMax = 10'000;
// An answer of up to this size is sent whole, with its length; a longer one streams.
inline constexpr size_t kWholeResponseBytesMax = size_t{64} << 10;
// Smaller answers are not worth compressing.
inline constexpr size_t kCompressBytesMin = 1024;
// No gzip stream expands more than this (deflate's bound is 1032).
inline constexpr size_t kGzipRatioMax = 1040;

// From the first byte (or the accept) to the end of the head; between two reads of a body; the whole body.
inline constexpr std::chrono::seconds kHeadTimeout{10};
inline constexpr std::chrono::seconds kBodyIdleTimeout{10};
inline constexpr std::chrono::seconds kBodyTimeout{300};
// A connection without a request.
inline constexpr std::chrono::seconds kKeepAliveTimeout{300};
// A peer that reads nothing of its answer for this long is gone.
inline constexpr std::chrono::seconds kWriteIdleTimeout{60};

// Requests that run, and that wait for a thread. More get 503.
inline constexpr size_t kHandlerThreads = 64;
inline constexpr size_t kHandlerQueue = 1024;

}  // namespace epi::http
