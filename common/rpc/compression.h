// Message compression: grpc-encoding names and their codecs. Snappy is the framing format, as Thanos registers it.
//
// Contract: Decompress() never holds more than `bytes_max` of output; declared sizes are checked before memory is taken.
// Threads:  safe from any thread.
// Errors:   ResourceExhausted above the limit; Internal for bytes that do not decode; Unimplemented for an unknown name.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::rpc {

enum class Codec { kIdentity, kGzip, kSnappy };

// What we tell peers we can read.
inline constexpr std::string_view kAcceptEncoding = "identity,snappy,gzip";

std::string_view CodecName(Codec codec);
// "" is identity.
Result<Codec> CodecFromName(std::string_view name);
// Whether a grpc-accept-encoding list names the codec.
bool Accepts(std::string_view accept_encoding, Codec codec);

Result<std::string> Compress(Codec codec, std::string_view bytes);
Result<std::string> Decompress(Codec codec, std::string_view bytes, size_t bytes_max);

}  // namespace epi::rpc
