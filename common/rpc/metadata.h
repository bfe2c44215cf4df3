// Metadata: the application's own header fields and trailers of a call.
//
// Contract: keys are lower case; those that end in "-bin" carry bytes, and are base64 on the wire only.
// Errors:   fields that break the rules are dropped, never sent and never delivered.
#pragma once

#include <string>
#include <string_view>

#include "common/http/header_field.h"

namespace epi::rpc {

using Metadata = http::HeaderFields;

// The application's fields among those that arrived.
Metadata MetadataFromFields(http::HeaderFields fields);
// Appends `metadata` as it goes on the wire. Reserved keys (pseudo fields, grpc-*, content-type, te) are skipped.
void AppendMetadata(const Metadata& metadata, http::HeaderFields* fields);

std::string Base64Encode(std::string_view bytes);
// With or without padding. False when it is not base64.
bool Base64Decode(std::string_view text, std::string* out);

}  // namespace epi::rpc
