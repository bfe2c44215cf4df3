// Puts the certificates and keys that TlsOptions name, as files or as PEM text, into an SSL_CTX.
#pragma once

#include "common/http/tls_context.h"

namespace epi::http {

// Errors: InvalidArgument naming the file, or "certificate", "key", "CA" for text.
Status LoadTlsKeys(const TlsOptions& options, ssl_ctx_st* context);

}  // namespace epi::http
